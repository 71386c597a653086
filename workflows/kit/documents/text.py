"""What of a text can stand in a document: everything that is seen, and nothing that only steers.

Control characters have no shape. Those that set the direction of writing would let a name turn the figures beside it
around, so they go as well: a document finds the direction of a text by its letters.
"""

from __future__ import annotations

import re
import unicodedata

LONGEST_UNBROKEN = 16
"""Letters of a word after which a line may break when the whole word does not fit into it."""

ZERO_WIDTH_SPACE = "\N{ZERO WIDTH SPACE}"

_JOINERS = "\N{ZERO WIDTH NON-JOINER}\N{ZERO WIDTH JOINER}"
_STEERING = ("Cc", "Cf", "Cs")
_NO_LETTERS = "\ufffe\uffff"
"""Unicode promises that no letter will ever have these numbers; XML refuses them."""
_VOWEL_SIGNS = frozenset(map(chr, (*range(0x064B, 0x0656), 0x0670)))
_BREAKS = dict.fromkeys(map(ord, "\t\n\v\f\r\N{NEXT LINE}\N{LINE SEPARATOR}\N{PARAGRAPH SEPARATOR}"), " ")
_LONG_WORD = re.compile(rf"\S{{{LONGEST_UNBROKEN}}}(?=\S)")


def printable(text: str) -> str:
    """The text as one line without control characters, its long words breakable where a line has no room for them.

    A letter and its accent become one letter where there is one. Marks that are left over and are no Arabic vowel signs
    are left out: a letter with a mark that the fonts do not have would become a box.
    """
    text = unicodedata.normalize("NFC", text)
    if not text.isascii() or not text.isprintable():
        text = "".join(letter for letter in text.translate(_BREAKS) if _is_seen(letter))
    return _LONG_WORD.sub(rf"\g<0>{ZERO_WIDTH_SPACE}", text)


def unsteered(text: str) -> str:
    """The text as one line without control characters, for where another program sets it: nothing else is changed."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(letter for letter in text.translate(_BREAKS) if not _steers(letter))


def given(text: str) -> tuple[str, bool]:
    """The text, and whether it is written from right to left: its first letter that has a direction says so."""
    if text.isascii():
        return text, False
    directions = (unicodedata.bidirectional(letter) for letter in text)
    return text, next((direction != "L" for direction in directions if direction in ("L", "R", "AL")), False)


def _is_seen(letter: str) -> bool:
    if unicodedata.category(letter)[0] == "M":
        return letter in _VOWEL_SIGNS
    return not _steers(letter)


def _steers(letter: str) -> bool:
    return letter in _NO_LETTERS or (unicodedata.category(letter) in _STEERING and letter not in _JOINERS)
