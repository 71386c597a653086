"""What somebody else's object says of itself, as text that every stream and every file takes.

An error's class may be the project's: it may fail to say what it is, say it in half a character of UTF-16, or in
megabytes. None of that may hide the mistake that is told with it.
"""

from __future__ import annotations

SHOWN = 160
CHARACTERS_AT_MOST = 4000


def words_of(error: BaseException) -> str:
    """The type of an error and what it says."""
    said = text_of(error)
    return f"{type(error).__name__}: {said}"


def text_of(error: BaseException) -> str:
    """What an error says, up to ``CHARACTERS_AT_MOST``; in other words where it cannot say it."""
    try:
        said = str(error)
    except (Exception, SystemExit) as failed:
        return f"(what it says cannot be read: its __str__ raises {type(failed).__name__})"
    return shortened(printable(said), CHARACTERS_AT_MOST)


def shown(value: object) -> str:
    """The beginning of what a value is shown as; its type where it cannot be shown."""
    try:
        return shortened(printable(repr(value)))
    except (Exception, SystemExit) as failed:
        return f"a {type(value).__name__} (its __repr__ raises {type(failed).__name__})"


def printable(text: str) -> str:
    r"""The text, with ``\udc80`` in the place of what is no character, so that UTF-8 can have it."""
    return str.encode(text, "utf-8", "backslashreplace").decode()


def shortened(text: str, characters: int = SHOWN) -> str:
    """The beginning of a long text."""
    return text if len(text) <= characters else f"{text[:characters]}…"
