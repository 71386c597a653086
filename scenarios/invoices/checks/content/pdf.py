"""The text of a PDF, line by line, read with pypdf under bounds: what cannot be read is said and never crashes a check.

A page that uses only the standard fonts and shows whole strings, as the application's do, is read straight from its
decoded content, several times as fast as by pypdf's own extraction, which reads all other pages. Letters of fonts
without Latin letters (the replacements of the standard fonts) become ``REPLACED``.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Mapping
from typing import Any

from pypdf import Configuration, PageObject, PdfReader, apply_configuration

from scenarios.invoices.oracle.documents import REPLACED

LARGEST_BYTES = 4_000_000
MOST_PAGES = 200

_BOUNDS = Configuration(
    maximum_declared_stream_length=LARGEST_BYTES,
    array_based_stream_maximum_output_length=LARGEST_BYTES,
    zlib_maximum_output_length=LARGEST_BYTES,
    lzw_maximum_output_length=LARGEST_BYTES,
    run_length_maximum_output_length=LARGEST_BYTES,
    stream_decoding_work_maximum_length=4 * LARGEST_BYTES,
    stream_parsing_work_maximum_count=500_000,
    page_tree_maximum_entries=2 * MOST_PAGES,
    jbig2dec_binary=None,
    disable_legacy_handling=True,
)

# What the quick reader looks for: a string that is shown whole, a font, a step to another line, and what is beyond it:
# other ways to show text or pictures, and every string, array, comment or hexadecimal text else.
_TOKEN = re.compile(
    rb"\(((?:[^()\\]|\\.)*)\)\s*Tj\b|/([^\s/()<>\[\]{}%]+)\s+[-+0-9.]+\s+Tf\b"
    rb"|((?:(?:\b(?:BT|ET|T[dDm])\b|\bT\*)[-+0-9.\s]*)+)|([(\[<%]|\b(?:TJ|Do|BI|ID|EI)\b)",
    re.DOTALL,
)
_ESCAPE = re.compile(rb"\\(?:([0-7]{1,3})|(\r\n|.))", re.DOTALL)
_ESCAPED = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f", b"\n": b"", b"\r": b"", b"\r\n": b""}
_LATIN, _SIGNS = "/WinAnsiEncoding", ("/Symbol", "/ZapfDingbats")


class Unreadable(Exception):
    """It is no PDF, or one that cannot be read within the bounds."""


class _Beyond(Exception):
    """The quick reader does not know what stands here."""


def read_pages(content: bytes) -> tuple[tuple[str, ...], ...]:
    """The lines of every page in the order in which they are drawn, without empty ones.

    :raises Unreadable: it is no PDF, or one that cannot be read within the bounds.
    """
    if len(content) > LARGEST_BYTES:
        raise Unreadable(f"has {len(content)} bytes; at most {LARGEST_BYTES} are read")
    try:
        with apply_configuration(_BOUNDS):
            pages = PdfReader(io.BytesIO(content)).pages
            if len(pages) > MOST_PAGES:
                raise Unreadable(f"has {len(pages)} pages; at most {MOST_PAGES} are read")
            return tuple(tuple(line for line in _lines(page) if line.strip()) for page in pages)
    except Unreadable:
        raise
    except Exception as error:
        # Whatever a broken file makes the reader stumble over is a finding about the file.
        raise Unreadable(f"cannot be read as a PDF: {type(error).__name__}: {error}"[:300]) from error


def _lines(page: PageObject) -> list[str]:
    try:
        return list(_quick_lines(page))
    except _Beyond:
        return page.extract_text().splitlines()


def _quick_lines(page: PageObject) -> Iterator[str]:
    contents = page.get_contents()
    data = contents.get_data() if contents is not None else b""
    fonts = _fonts(page)
    line, font = "", b""
    for string, name, step, beyond in _TOKEN.findall(data):
        if beyond:
            raise _Beyond
        if name:
            font = name
        elif not step:
            line += _decoded(string, fonts.get(font))
        elif line:
            yield line
            line = ""
    if line:
        yield line


def _fonts(page: PageObject) -> Mapping[bytes, bool]:
    """Font → whether its letters are Latin; fonts that are neither Latin nor only signs are left out."""
    resources: Any = page.get("/Resources", {}).get_object()
    fonts: Any = resources.get("/Font", {}).get_object()
    found: dict[bytes, bool] = {}
    for name in fonts:
        font = fonts[name].get_object()
        standard = font.get("/Subtype") == "/Type1" and "/ToUnicode" not in font
        if standard and font.get("/Encoding") == _LATIN:
            found[name[1:].encode()] = True
        elif standard and font.get("/BaseFont") in _SIGNS:
            found[name[1:].encode()] = False
    return found


def _decoded(shown: bytes, latin: bool | None) -> str:
    if latin is None:
        raise _Beyond
    text = _ESCAPE.sub(_unescaped, shown) if b"\\" in shown else shown
    return text.decode("cp1252", errors="replace") if latin else REPLACED * len(text)


def _unescaped(escape: re.Match[bytes]) -> bytes:
    if escape[1]:
        return bytes([int(escape[1], 8) % 256])
    return _ESCAPED.get(escape[2], escape[2])
