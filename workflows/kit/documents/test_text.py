"""What steers a text is left out of a document, what is seen stays."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given as for_any
from hypothesis import strategies as st

from workflows.kit.documents.text import LONGEST_UNBROKEN, ZERO_WIDTH_SPACE, given, printable


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("one\ttwo\r\nthree\N{LINE SEPARATOR}four", "one two  three four"),
        ("nul\0 bell\a", "nul bell"),
        ("100.00\N{RIGHT-TO-LEFT OVERRIDE}00.001", "100.0000.001"),
        ("e\N{COMBINING ACUTE ACCENT}4\N{COMBINING X BELOW}", "é4"),
        ("مُعدّات", "مُعدّات"),
        ("lone \ud800 surrogate", "lone  surrogate"),
        ("👨\N{ZERO WIDTH JOINER}👩", "👨\N{ZERO WIDTH JOINER}👩"),
    ],
)
def test_only_what_is_seen_stays(text: str, shown: str) -> None:
    assert printable(text) == shown


@for_any(st.text())
def test_nothing_that_steers_is_left(text: str) -> None:
    shown = printable(text).replace(ZERO_WIDTH_SPACE, "")
    assert all(unicodedata.category(each) not in ("Cc", "Cs") for each in shown)
    assert not set(shown) & set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u061c")


def test_long_words_can_be_broken_and_short_ones_stay_whole() -> None:
    word = "a" * LONGEST_UNBROKEN
    assert printable(f"{word} {word}") == f"{word} {word}"
    assert printable(f"{word}b") == f"{word}{ZERO_WIDTH_SPACE}b"


@pytest.mark.parametrize(
    ("text", "from_right"),
    [
        *(("Nour", False), ("شركة نور", True), ("2024 شركة", True), ("Nour شركة", False), ("שלום", True)),
        *(("١٢٣", False), ("€ 5", False), ("", False)),
    ],
)
def test_the_first_letter_says_the_direction(text: str, from_right: bool) -> None:
    assert given(text) == (text, from_right)
