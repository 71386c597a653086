"""How a text is compared with what a document shows of it: the one place where that is loosened.

Where lines break is not promised, so blanks do not count. Latin letters, digits and signs (exactly: Windows-1252) and
Arabic ones must be there, each in its place. Letters of other kinds do not count: they may be boxes where the fonts do
not have them.

Marks above and below letters (vowel signs) are each drawn by themselves, and PDF does not say to which letter: a text
with marks is compared by which letters it has, not by their order. Its numbers have no marks and count in full.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

BOX = "\N{BLACK SQUARE}"
"""What a letter is read as that a font does not have."""

ARABIC = (
    *("\u0621-\u063a", "\u0641-\u064a"),  # letters
    *("\u0660-\u0669", "\u066a-\u066c", "\u060c\u061b\u061f"),  # digits and signs
    "\u067e\u0686\u0698\u06a9\u06af\u06cc",  # of Persian names
)
"""Ranges of the Arabic letters that are promised."""

_LATIN = "".join(letter for number in range(256) if (letter := bytes([number]).decode("cp1252", errors="ignore")))
_UNPROMISED = re.compile(f"[^{re.escape(_LATIN)}{''.join(ARABIC)}]+")

_DIGITS = re.compile("[0-9\u0660-\u0669]+")


@lru_cache(maxsize=4096)
def printed(text: str) -> str:
    """What of a text has to be shown, without its blanks."""
    joined = "".join(text.split())
    return joined if joined.isascii() else _UNPROMISED.sub("", unicodedata.normalize("NFC", joined))


def has_marks(text: str) -> bool:
    """Whether there are marks in it that do not make one letter with what they belong to."""
    return not text.isascii() and any(
        unicodedata.category(each)[0] == "M" for each in unicodedata.normalize("NFC", text)
    )


def numbers(text: str) -> list[str]:
    """The numbers in a text, in whatever order; several that stand apart may be one where a line is broken."""
    return sorted(_DIGITS.findall(text))


def letters(text: str) -> frozenset[str]:
    """What of a text has to be shown, in whatever order."""
    return frozenset(printed(text))
