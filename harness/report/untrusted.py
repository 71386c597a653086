"""Text from outside, made safe to show.

Messages of findings hold what the application, the world and its data said: control characters that would drive a
terminal, bidirectional overrides that make a line read as something else, lone surrogates that no encoding takes.
Here they become visible escapes. Markup is not handled here: HTML and XML are escaped where they are written.
"""

from __future__ import annotations

import unicodedata

ESCAPED_CATEGORIES = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
"""Unicode's controls, formats (the bidirectional overrides), surrogates, unassigned, line and paragraph separators."""

JOINERS = frozenset("\u200c\u200d")
"""Formats that ordinary Persian, Hindi and emoji need; they reorder nothing."""

SHOWN_CHARACTERS = 4_000


def visible(text: str, *, limit: int = SHOWN_CHARACTERS) -> str:
    """The text in one line, the invisible written as escapes (``\\x1b``), cut after ``limit`` characters."""
    shown = "".join(_visible(character) for character in text[:limit])
    hidden = len(text) - limit
    return f"{shown} … ({hidden:,} more characters)" if hidden > 0 else shown


def _visible(character: str) -> str:
    if character in JOINERS or unicodedata.category(character) not in ESCAPED_CATEGORIES:
        return character
    return character.encode("unicode_escape").decode("ascii")
