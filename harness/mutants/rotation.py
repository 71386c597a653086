"""Which of many are tried when there is no time for all: an even part of them, chosen by the commit.

A gate that tries everything on every push takes so long that nobody waits for it, and one that always tries the same
few tells nothing of the rest. So each push tries one part, and which one follows from its commit: two runs of the gate
on one commit try the same, and over the commits everything has its turn. Where there is time for half as much it is
half of the same. What is never left out is the caller's to add.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from harness.errors import UsageError
from harness.record.rundir import commit_of


@dataclass(frozen=True)
class Turn:
    """Part ``number`` of ``parts``, counted from 1; ``number`` is ``None`` where the commit decides."""

    parts: int
    number: int | None = None

    def of(self, root: Path) -> Turn:
        """The same with its number, by the commit of the project in ``root``.

        :raises UsageError: the commit is to decide, and there is none.
        """
        if self.number is not None:
            return self
        commit, _ = commit_of(root)
        if commit is None:
            raise UsageError(
                f"{root} is not in a git repository, so no commit says whose turn it is; pass 1/{self.parts}"
            )
        # By its first digits and not by a remainder: half a turn is a part of the whole one.
        return Turn(self.parts, int(commit, 16) * self.parts // 16 ** len(commit) + 1)

    def taken(self, names: Sequence[str]) -> list[str]:
        """Those of the names whose turn it is, neighbours in their order; the parts differ in length by one at most.

        :raises UsageError: the number is not known yet.
        """
        if self.number is None:
            raise UsageError("nobody has said whose turn it is")
        first, end = (len(names) * number // self.parts for number in (self.number - 1, self.number))
        return list(names[first:end])

    def __str__(self) -> str:
        """As it is typed: "2/4", or "4" where the commit decides."""
        return str(self.parts) if self.number is None else f"{self.number}/{self.parts}"


class TurnType(click.ParamType[Turn]):
    """``N``: one Nth, chosen by the commit. ``K/N``: the Kth of N."""

    name = "turn"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Turn:
        """The turn that the text means."""
        if isinstance(value, Turn):
            return value
        found = re.fullmatch(r"(?:([0-9]{1,4})/)?([0-9]{1,4})", str(value))
        turn = Turn(int(found[2]), int(found[1]) if found[1] else None) if found else None
        if turn is None or turn.parts < 1 or (turn.number is not None and not 1 <= turn.number <= turn.parts):
            self.fail(f"{value!r} is not a turn: say N (one Nth, the commit decides) or K/N", param, ctx)
        return turn
