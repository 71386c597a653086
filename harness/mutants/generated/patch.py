"""A change as a unified diff, and back: the same diff for `git apply`, for a reader and for the import in memory."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator

from harness.errors import UsageError

HUNK = re.compile(r"@@ -(\d+)(?:,(\d+))? \+\d+(?:,\d+)? @@")
NO_LINE_END = "\\ No newline at end of file\n"


def lines_of(text: str) -> list[str]:
    """The lines with their ends, which are line feeds and nothing else."""
    return re.findall(r"[^\n]*\n|[^\n]+\Z", text)


def diff_of(file: str, before: str, after: str) -> str:
    """The unified diff of one file, with three lines around each change."""
    told = difflib.unified_diff(lines_of(before), lines_of(after), f"a/{file}", f"b/{file}")
    return "".join(line if line.endswith("\n") else f"{line}\n{NO_LINE_END}" for line in told)


def patched(diff: str, before: str) -> str:
    """The text with the diff applied, exactly where the diff says.

    :raises UsageError: the text is not the one that the diff was made of.
    """
    old, new, at = lines_of(before), [], 0
    for first, taken, given in _hunks(diff):
        start = first - 1 if taken else first
        if start < at or old[start : start + len(taken)] != taken:
            raise UsageError(f"the change does not fit line {first} of the file as it is; draw again")
        new += old[at:start] + given
        at = start + len(taken)
    return "".join(new + old[at:])


def _hunks(diff: str) -> Iterator[tuple[int, list[str], list[str]]]:
    """The first line that each hunk takes, those that it takes, and those that it puts there."""
    lines = lines_of(diff)
    begins = [number for number, line in enumerate(lines) if HUNK.match(line)]
    for begin, end in zip(begins, [*begins[1:], len(lines)], strict=False):
        found = HUNK.match(lines[begin])
        assert found is not None
        body: list[str] = []
        for line in lines[begin + 1 : end]:
            if line == NO_LINE_END:
                body[-1] = body[-1].removesuffix("\n")
            else:
                body.append(line)
        yield (
            int(found[1]),
            [line[1:] for line in body if line[0] in " -"],
            [line[1:] for line in body if line[0] in " +"],
        )
