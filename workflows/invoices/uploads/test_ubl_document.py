"""What a hostile document may try, and that it is refused on the line on which it tries."""

from __future__ import annotations

import pytest

from workflows.invoices.uploads.testing_ubl import DOCUMENT, NAMESPACES, changed
from workflows.invoices.uploads.ubl_document import DEEPEST, MOST_ELEMENTS, DocumentRefused, read_document

HEAD = '<?xml version="1.0"?>\n'
BOMB = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 10))


def refusal(content: bytes | str) -> tuple[int, str]:
    with pytest.raises(DocumentRefused) as caught:
        read_document(content.encode() if isinstance(content, str) else content)
    return caught.value.row, caught.value.message


def body(inner: str, *, prolog: str = HEAD) -> str:
    return f"{prolog}<Invoice {NAMESPACES}>\n{inner}\n</Invoice>"


@pytest.mark.parametrize(
    "doctype",
    [
        f'<!DOCTYPE Invoice [<!ENTITY e0 "ha">{BOMB}]>',
        '<!DOCTYPE Invoice [<!ENTITY x SYSTEM "file:///etc/hostname">]>',
        '<!DOCTYPE Invoice [<!ENTITY % x SYSTEM "http://127.0.0.1:9/x.dtd"> %x;]>',
        '<!DOCTYPE Invoice SYSTEM "http://127.0.0.1:9/invoice.dtd">',
        '<!DOCTYPE Invoice PUBLIC "-//X//Y" "invoice.dtd">',
        "<!DOCTYPE Invoice>",
        '<!DOCTYPE Invoice [<!ATTLIST Invoice lang CDATA "ar">]>',
    ],
    ids=["entity bomb", "file", "parameter entity", "external", "public", "empty", "default attributes"],
)
def test_a_dtd_is_refused_before_anything_in_it_is_read(doctype: str) -> None:
    row, message = refusal(body("<cbc:ID>&e9;&x;</cbc:ID>", prolog=HEAD + doctype))
    assert row == 2
    assert "DTD" in message


@pytest.mark.parametrize("entity", ["&e;", "&nbsp;", "&#0;", "&#xD800;", "&#x110000;", "&amp"])
def test_entities_and_characters_that_are_none(entity: str) -> None:
    row, message = refusal(body(f"<cbc:ID>{entity}</cbc:ID>"))
    assert row == 3
    assert "not well-formed" in message


def test_processing_instructions_are_refused_wherever_they_stand() -> None:
    style = '<?xml-stylesheet href="http://127.0.0.1:9/x.xsl"?>'
    assert refusal(body("", prolog=HEAD + style))[0] == 2
    assert refusal(body(style))[0] == 3
    assert refusal(body("") + "\n" + style) == (5, "the processing instruction 'xml-stylesheet' is not taken")


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (DOCUMENT.encode("utf-16"), "UTF-8"),
        (DOCUMENT.encode("utf-16-be"), "UTF-8"),
        (DOCUMENT.encode("utf-32-le"), "UTF-8"),
        (DOCUMENT.replace("UTF-8", "ISO-8859-1", 1).encode("latin-1"), "'ISO-8859-1'"),
        (DOCUMENT.replace("UTF-8", "UTF-7", 1).encode(), "'UTF-7'"),
        (DOCUMENT.replace("UTF-8", "utf-16", 1).encode(), "'utf-16'"),
        (changed(("Nour", "N\u00f6r")).decode().encode("latin-1"), "not well-formed"),
        (b"\xef\xbb\xbf\xef\xbb\xbf" + DOCUMENT.encode(), "not well-formed"),
        (changed(("Nour", "\0")), "not well-formed"),
        (changed(("Nour", "@@")).replace(b"@@", b"\xed\xa0\x80"), "not well-formed"),
        (changed(("Nour", "@@")).replace(b"@@", b"\xc0\xbc"), "not well-formed"),
        (DOCUMENT.replace('version="1.0"', 'version="1.1"', 1).encode(), "'1.1'"),
    ],
)
def test_other_encodings_and_broken_utf_8_are_refused(content: bytes, says: str) -> None:
    assert says in refusal(content)[1]


@pytest.mark.parametrize(
    "content", [b"", b" ", b"{}", b"<", b"<Invoice>", b"<a></b>", b"<a/><b/>", b"<a b='1' b='2'/>"]
)
def test_what_is_not_well_formed_is_refused(content: bytes) -> None:
    assert refusal(content)[0] == 1


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("<Invoice/>", "namespace ''"),
        ('<Invoice xmlns="urn:other"/>', "namespace 'urn:other'"),
        (f"<cac:Party {NAMESPACES}/>", "<cac:Party>"),
        (f"<CreditNote {NAMESPACES}/>", "<CreditNote>"),
        (body('<x:include xmlns:x="http://www.w3.org/2001/XInclude" href="file:///etc/hostname"/>'), "XInclude"),
        (body("<ID>INV-1</ID>"), "<ID>"),
        (body('<cbc:ID xmlns:cbc="urn:other">INV-1</cbc:ID>'), "'urn:other'"),
        (body('<cbc:ID xmlns:i="urn:i" i:schemaLocation="urn:i x.xsd">1</cbc:ID>'), "schemaLocation"),
        (body('<cbc:ID xml:base="http://127.0.0.1:9/">1</cbc:ID>'), "base"),
        (body("stray <cbc:ID>1</cbc:ID>"), "text beside"),
        (body(f"<cbc:{'a' * 81}/>"), "longer than any"),
        (body("<cac:cbc:ID>1</cac:cbc:ID>"), "not well-formed"),
        (body("<other:ID>1</other:ID>"), "not well-formed"),
    ],
)
def test_foreign_elements_and_attributes_are_refused(content: str, says: str) -> None:
    assert says in refusal(content)[1]


def nested(depth: int) -> str:
    return body("<cac:Party>" * (depth - 1) + "</cac:Party>" * (depth - 1))


def test_depth_is_bounded() -> None:
    assert read_document(nested(DEEPEST).encode()).children[0].path == "cac:Party"
    assert refusal(nested(DEEPEST + 1)) == (3, "the elements are nested more than 32 deep")
    assert refusal(nested(100_000))[0] == 3


COMMON = "urn:oasis:names:specification:ubl:schema:xsd:CommonExtensionComponents-2"
EXTENSION = f'<e:UBLExtensions xmlns:e="{COMMON}">{{}}</e:UBLExtensions>'


def test_extensions_are_passed_over_within_the_same_bounds() -> None:
    root = read_document(body(EXTENSION.format("<any>text<a><b/></a></any>")).encode())
    assert [(child.name, child.children, child.text) for child in root.children] == [("ext:UBLExtensions", [], "")]
    deep = "<a>" * DEEPEST + "</a>" * DEEPEST
    assert "nested" in refusal(body(EXTENSION.format(deep)))[1]
    assert "elements" in refusal(body(EXTENSION.format("<a/>" * MOST_ELEMENTS)))[1]
    assert "instruction" in refusal(body(EXTENSION.format("<?a?>")))[1]


def test_the_number_of_elements_is_bounded() -> None:
    assert len(read_document(body("<cbc:Note/>" * (MOST_ELEMENTS - 1)).encode()).children) == MOST_ELEMENTS - 1
    assert "more than 20000 elements" in refusal(body("<cbc:Note/>" * MOST_ELEMENTS))[1]
    assert len(read_document(body("<cac:InvoiceLine/>" * (MOST_ELEMENTS - 1)).encode()).children) == MOST_ELEMENTS - 1


def test_elements_know_their_lines_and_paths_whatever_prefixes_the_document_uses() -> None:
    renamed = DOCUMENT.replace("cac:", "a:").replace("cbc:", "b:").replace("xmlns:cac", "xmlns:a")
    renamed = renamed.replace("xmlns:cbc", "xmlns:b")
    root = read_document(renamed.encode())
    [line] = root.named("cac:InvoiceLine")
    [quantity] = line.named("cbc:InvoicedQuantity")
    assert (quantity.path, quantity.text) == ("cac:InvoiceLine[1]/cbc:InvoicedQuantity", "2")
    assert "InvoicedQuantity" in renamed.splitlines()[quantity.row - 1]
