"""A table that a command keeps up to date in a page that people write: it stands between two marks of its own."""

from __future__ import annotations

import re
from pathlib import Path

from harness.errors import UsageError


def marks(command: str) -> tuple[str, str]:
    """The line before the table, which names the command that writes it, and the line after it."""
    return f"<!-- table: {command} -->", "<!-- end of the table -->"


def table_in(page: Path, command: str) -> str:
    """What stands between the marks of this command, without the last line break.

    :raises UsageError: there is no such page, or the marks are not there.
    """
    return _split(page, command)[1]


def write_table(page: Path, command: str, table: str) -> None:
    """Put the table between the marks; all else in the page stays.

    :raises UsageError: there is no such page, or the marks are not there.
    """
    before, _, after = _split(page, command)
    page.write_text(f"{before}{table}\n{after}", encoding="utf-8")


def _split(page: Path, command: str) -> tuple[str, str, str]:
    begin, end = marks(command)
    try:
        text = page.read_text(encoding="utf-8")
    except OSError as error:
        raise UsageError(f"{page} cannot be read: {error.strerror}") from error
    found = re.fullmatch(f"(.*{re.escape(begin)}\n)(.*?\n|)({re.escape(end)}.*)", text, re.DOTALL)
    if found is None:
        raise UsageError(f"{page} lacks the lines {begin!r} and {end!r}, between which the table belongs")
    return found[1], found[2].removesuffix("\n"), found[3]
