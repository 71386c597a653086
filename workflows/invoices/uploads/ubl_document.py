"""Reads an XML document into a small tree and refuses everything that a document of ours never needs.

An uploaded document is hostile until it is shown to be harmless. Expat is driven directly, because its handlers see a
danger before anything is done about it: a DTD is refused at its first byte, so no entity is ever declared, expanded or
fetched; processing instructions, another encoding than UTF-8, too many or too deep elements end the reading on the
spot. Work and memory are bounded by the size of the upload.

What the elements mean is ``ubl_input``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NoReturn
from xml.parsers import expat

INVOICE = "urn:oasis:names:specification:ubl:schema:xsd:Invoice-2"
_UBL_COMMON = "urn:oasis:names:specification:ubl:schema:xsd:Common"
PREFIXES = {
    INVOICE: "",
    f"{_UBL_COMMON}AggregateComponents-2": "cac:",
    f"{_UBL_COMMON}BasicComponents-2": "cbc:",
    f"{_UBL_COMMON}ExtensionComponents-2": "ext:",
}
"""The namespaces we read, and what we call them whatever prefix the document chose."""

EXTENSIONS = "ext:UBLExtensions"
"""Where a document may keep foreign elements, such as a signature. They are bounded and passed over."""

DEEPEST = 32
MOST_ELEMENTS = 20_000
LONGEST_NAME = 80
"""Characters; the longest name of UBL 2.1 has 61."""

_SEPARATOR = "\n"  # cannot be part of a namespace name: attribute values are normalised to spaces


class DocumentRefused(Exception):
    """The document cannot be read any further.

    :param row: 1-based line of the document.
    """

    def __init__(self, row: int, message: str) -> None:
        super().__init__(message)
        self.row, self.message = row, message


@dataclass(frozen=True, slots=True)
class Element:
    """One element.

    :param name: local name with our own prefix, ``cbc:ID``.
    :param row: 1-based line on which its start tag begins.
    :param step: its name as a step of a path, ``cac:InvoiceLine[2]``; empty for the root.
    :param pieces: its own text, comments left out, in the pieces it arrived in.
    """

    name: str
    row: int
    step: str
    attributes: Mapping[str, str]
    parent: Element | None = field(default=None, repr=False, compare=False)
    children: list[Element] = field(default_factory=list)
    pieces: list[str] = field(default_factory=list)

    @property
    def path(self) -> str:
        """Where it stands below the root, ``cac:InvoiceLine[2]/cbc:ID``; empty for the root itself."""
        above = self.parent.path if self.parent else ""
        return f"{above}/{self.step}" if above else self.step

    @property
    def text(self) -> str:
        """Its own text without surrounding blanks."""
        return "".join(self.pieces).strip()

    def named(self, name: str) -> list[Element]:
        """Its children of this name."""
        return [child for child in self.children if child.name == name]


def read_document(content: bytes) -> Element:
    """Read a whole document and return its root.

    :param content: XML 1.0 in UTF-8, with or without a byte order mark, no larger than the upload limit.
    :raises DocumentRefused: it is not well-formed, or holds what is not taken.
    """
    if content.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\0" in content[:4]:
        raise DocumentRefused(1, "the document is not UTF-8; send it as UTF-8")
    reading = _Reading()
    try:
        reading.parser.Parse(content, True)
    except expat.ExpatError as error:
        reason = expat.ErrorString(error.code) or "unknown reason"
        raise DocumentRefused(max(1, error.lineno), f"the document is not well-formed XML here: {reason}") from None
    assert reading.root is not None, "expat accepts no document without a root"
    return reading.root


class _Reading:
    """The state of one reading: the elements that are open, and how many there have been."""

    def __init__(self) -> None:
        # Naming the encoding here makes expat ignore what the document declares; the declaration is checked as well.
        self.parser = expat.ParserCreate("utf-8", _SEPARATOR)
        self.parser.buffer_text = True
        self.root: Element | None = None
        self._open: list[Element] = []
        self._count = 0
        self._foreign_depth = 0
        self._lines = 0
        self.parser.XmlDeclHandler = self._declaration
        self.parser.StartDoctypeDeclHandler = self._doctype
        self.parser.ProcessingInstructionHandler = self._instruction
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._characters

    def _refuse(self, message: str) -> NoReturn:
        raise DocumentRefused(self.parser.CurrentLineNumber, message)

    def _declaration(self, version: str, encoding: str | None, _standalone: int) -> None:
        if version != "1.0":
            self._refuse(f"the document declares XML {version[:20]!r}; 1.0 is taken")
        if encoding is not None and encoding.lower() != "utf-8":
            self._refuse(f"the document declares the encoding {encoding[:20]!r}; send it as UTF-8")

    def _doctype(self, *_declared: object) -> None:
        self._refuse("a document type declaration (DTD) is not taken: it may declare entities or name other files")

    def _instruction(self, target: str, _data: str) -> None:
        self._refuse(f"the processing instruction {target[:40]!r} is not taken")

    def _start(self, qualified: str, attributes: dict[str, str]) -> None:
        self._count += 1
        if self._count > MOST_ELEMENTS:
            self._refuse(f"the document has more than {MOST_ELEMENTS} elements")
        if len(self._open) + self._foreign_depth >= DEEPEST:
            self._refuse(f"the elements are nested more than {DEEPEST} deep")
        if self._foreign_depth or (self._open and self._open[-1].name == EXTENSIONS):
            self._foreign_depth += 1
            return
        element = self._element(qualified, attributes)
        if self._open:
            self._open[-1].children.append(element)
        else:
            self.root = element
        self._open.append(element)

    def _element(self, qualified: str, attributes: dict[str, str]) -> Element:
        namespace, _, local = qualified.rpartition(_SEPARATOR)
        name = PREFIXES.get(namespace, "") + local
        if namespace not in PREFIXES or (self._open and namespace == INVOICE):
            self._refuse(f"<{local[:40]}> is in the namespace {namespace[:80]!r}, where UBL 2 has no such element")
        if len(local) > LONGEST_NAME:
            self._refuse(f"the name <{local[:40]}...> is longer than any of UBL")
        for attribute in attributes:
            if _SEPARATOR in attribute:
                shown = attribute.replace(_SEPARATOR, " ")[:120]
                self._refuse(f"the attribute {shown!r} is not taken: those of UBL are in no namespace")
        row = self.parser.CurrentLineNumber
        if not self._open:
            if name != "Invoice":
                self._refuse(f"the document is <{name[:40]}>; an Invoice of UBL 2.1 is taken")
            return Element(name, row, "", attributes)
        if name != "cac:InvoiceLine":
            return Element(name, row, name, attributes, self._open[-1])
        self._lines += 1
        return Element(name, row, f"{name}[{self._lines}]", attributes, self._open[-1])

    def _end(self, _qualified: str) -> None:
        if self._foreign_depth:
            self._foreign_depth -= 1
            return
        closed = self._open.pop()
        if closed.children and closed.text:
            raise DocumentRefused(closed.row, f"<{closed.name}> holds text beside other elements")

    def _characters(self, text: str) -> None:
        if not self._foreign_depth:
            self._open[-1].pieces.append(text)
