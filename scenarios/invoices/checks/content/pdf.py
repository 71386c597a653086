"""The text of a PDF, line by line, read with pypdf under bounds: what cannot be read is said and never crashes a check.

pypdf finds and unpacks what the pages hold. Those that a typesetter wrote plainly are read by ``drawn_text``, in the
order of reading also where that is from right to left, and in a tenth of the time; pypdf's own extraction, which reads
from left to right, takes all others.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from typing import Any

from pypdf import Configuration, PageObject, PdfReader, apply_configuration

from scenarios.invoices.checks.content.drawn_text import drawn_texts
from scenarios.invoices.checks.content.glyphs import Beyond, Glyphs, glyphs_of

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


class Unreadable(Exception):
    """It is no PDF, or one that cannot be read within the bounds."""


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
        contents = page.get_contents()
        return [] if contents is None else list(drawn_texts(contents.get_data(), _fonts(page), _pictures(page)))
    except Beyond:
        return page.extract_text().splitlines()


def _fonts(page: PageObject) -> Mapping[bytes, Glyphs]:
    """The fonts that say what their glyphs stand for."""
    found: dict[bytes, Glyphs] = {}
    for name, font in _resources(page, "/Font"):
        if font.get("/Encoding") == "/Identity-H" and "/ToUnicode" in font:
            found[name] = glyphs_of(font["/ToUnicode"].get_object().get_data())
    return found


def _pictures(page: PageObject) -> frozenset[bytes]:
    return frozenset(name for name, drawn in _resources(page, "/XObject") if drawn.get("/Subtype") == "/Image")


def _resources(page: PageObject, kind: str) -> Iterator[tuple[bytes, Any]]:
    resources: Any = page["/Resources"].get_object() if "/Resources" in page else {}
    held: Any = resources[kind].get_object() if kind in resources else {}
    for name, value in held.items():
        yield name[1:].encode(), value.get_object()
