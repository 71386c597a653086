"""What the glyphs of a PDF's fonts stand for, by their ``ToUnicode`` (ISO 32000, 9.10.3)."""

from __future__ import annotations

import re
from functools import lru_cache

from scenarios.invoices.oracle.printing import BOX

_CHARACTERS = re.compile(rb"beginbfchar(.*?)endbfchar", re.DOTALL)
_RANGES = re.compile(rb"beginbfrange")
_PAIR = re.compile(rb"<([0-9A-Fa-f]{4})>\s*<([0-9A-Fa-f]+)>")


class Beyond(Exception):
    """Something stands here that is not read here."""


class Glyphs(dict[int, str]):
    """The code of a glyph → what it stands for."""

    def __missing__(self, code: int) -> str:
        """Nothing: a box."""
        return BOX


def glyphs_of(to_unicode: bytes) -> Glyphs:
    """What the glyphs of a font stand for, by its decoded ``ToUnicode``.

    :raises Beyond: in a way that is not known here.
    """
    found = Glyphs()
    for block in _CHARACTERS.findall(to_unicode):
        found.update([_meaning(code, text) for code, text in _PAIR.findall(block)])
    if _RANGES.search(to_unicode):
        raise Beyond
    return found


@lru_cache(maxsize=16384)
def _meaning(code: bytes, text: bytes) -> tuple[int, str]:
    """Most documents have the same letters under the same few codes."""
    return int(code, 16), bytes.fromhex(text.decode()).decode("utf-16-be")
