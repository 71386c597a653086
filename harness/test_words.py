"""Whatever an error or a value says, or refuses to say, comes out as text that can be printed."""

from __future__ import annotations

import pytest

from harness.words import CHARACTERS_AT_MOST, SHOWN, shown, text_of, words_of


class Mute(Exception):
    """Neither shown nor told."""

    def __init__(self, raised: BaseException) -> None:
        self.raised = raised

    def __str__(self) -> str:
        raise self.raised

    __repr__ = __str__


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (ValueError("no such order"), "ValueError: no such order"),
        (ValueError("half \udc80 of one"), r"ValueError: half \udc80 of one"),
        (Mute(KeyError("x")), "Mute: (what it says cannot be read: its __str__ raises KeyError)"),
        (Mute(SystemExit(3)), "Mute: (what it says cannot be read: its __str__ raises SystemExit)"),
    ],
)
def test_an_error_is_told_in_text_that_can_be_printed(error: Exception, told: str) -> None:
    assert words_of(error) == told
    assert words_of(error).encode()


def test_an_interruption_while_it_is_read_is_one() -> None:
    with pytest.raises(KeyboardInterrupt):
        words_of(Mute(KeyboardInterrupt()))


def test_what_is_long_is_told_in_part() -> None:
    assert len(text_of(ValueError("x" * 10_000_000))) == CHARACTERS_AT_MOST + 1
    assert len(shown("x" * 10_000_000)) == SHOWN + 1


def test_a_value_that_cannot_be_shown_is_named_by_its_type() -> None:
    assert shown(Mute(KeyError("x"))) == "a Mute (its __repr__ raises KeyError)"
    assert shown({"a": "\udc80"}) == r"{'a': '\udc80'}"
