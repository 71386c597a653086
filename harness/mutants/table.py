"""The table of mutants in a page: what each breaks, what must catch it, and how it was last tried.

Data flow: rows of `assay mutants`, and what the page says of those that were not tried now → **table** → page.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from harness.application.version import Mutant
from harness.mutants.trials import Row
from harness.report.marked import table_in, write_table

COMMAND = "assay mutants --write"
NEVER = "not yet tried"
HEAD = ("| mutant | the promise it breaks | caught by | claim | tried |", "|---|---|---|---|---|")


def write(page: Path, known: Sequence[Mutant], stacks: Mapping[str, str], rows: Sequence[Row], commit: str) -> None:
    """Put the table between the marks of ``page``: each known mutant once, its last trial with it.

    :param commit: of the application that was tried.
    :raises UsageError: there is no such page, or it lacks the marks.
    """
    tried = {**_told(table_in(page, COMMAND)), **_trials(rows, commit)}
    lines = [
        f"| `{each.name}` | {_plain(each.promise)} | {each.caught_by} | {each.claim} ({stacks[each.name]}) "
        f"| {tried.get(each.name, NEVER)} |"
        for each in known
    ]
    write_table(page, COMMAND, "\n".join((*HEAD, *lines)))


def _trials(rows: Sequence[Row], commit: str) -> dict[str, str]:
    """Mutant → the cell that tells of its trial on each seed."""
    told: dict[str, list[str]] = {}
    for row in rows:
        told.setdefault(row.mutant.name, []).append(f"{'killed' if row.killed else '**survived**'}, seed {row.seed}")
    return {name: f"{'; '.join(trials)}, at {commit}" for name, trials in told.items()}


def _told(table: str) -> dict[str, str]:
    """Mutant → the last cell of its line in the page."""
    return dict(re.findall(r"^\| `([^`]+)` \|.*\| ([^|]*) \|$", table, re.MULTILINE))


def _plain(text: str) -> str:
    return text.replace("|", "\\|")
