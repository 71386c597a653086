"""Sets a document with typst: a template says how it looks, data says what stands in it, and data is never markup.

The same data gives the same bytes: no clock, no random ids, no fonts but those that are installed with us. Data reach
the template as JSON, so whatever a customer is called, it is text to the typesetter.

Importing this loads a large library; the sandbox of a workflow should never do so. Its threads do not survive a fork: a
process that forks after it has set something must set nothing more in the child.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

import fontpkg_ibm_plex_sans
import fontpkg_ibm_plex_sans_arabic
import typst

from workflows.kit.documents.text import printable

ROOT = Path(__file__).parents[2]
"""Templates lie below it and import each other by paths from here."""

_FONT_FOLDERS = [str(package.ROOT / "files") for package in (fontpkg_ibm_plex_sans_arabic, fontpkg_ibm_plex_sans)]

_NO_DRAWINGS: Mapping[str, str] = MappingProxyType({})

# A compiler serves one caller at a time. It works outside of the interpreter's lock, so others go on meanwhile.
_one_at_a_time = threading.Lock()


def typeset(template: Path, data: Mapping[str, Any], drawings: Mapping[str, str] = _NO_DRAWINGS) -> bytes:
    """Return the PDF file.

    :param template: a file below :data:`ROOT`.
    :param data: what JSON can carry, without floats; every text in it is made :func:`printable`.
    :param drawings: our own SVG files; the template finds each as ``sys.inputs.NAME``, unchanged.
    :raises typst.TypstError: the template is wrong.
    """
    inputs = {**drawings, "data": json.dumps(_printable(data), ensure_ascii=False)}
    with _one_at_a_time:
        # Without tags: they are half as much again, and nothing that reads these documents looks for them.
        content = _compiler(template).compile(format="pdf", sys_inputs=inputs, pdf_tags=False)
    assert isinstance(content, bytes)
    return content


def _printable(value: Any) -> Any:
    if isinstance(value, str):
        return printable(value)
    if isinstance(value, int):  # asked first: a QR code has two thousand
        return value
    if isinstance(value, Mapping):
        return {key: _printable(each) for key, each in value.items()}
    return [_printable(each) for each in value] if isinstance(value, Sequence) else value


@cache
def _compiler(template: Path) -> typst.Compiler:
    return typst.Compiler(template, root=ROOT, font_paths=_fonts(), ignore_system_fonts=True)


@cache
def _fonts() -> typst.Fonts:
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[*_FONT_FOLDERS])
