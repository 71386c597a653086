"""The score as a table in Markdown, between its marks in a page.

Data flow: score → **page** → `docs/mutants.md`.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from harness.mutants.generated.score import Count, Score
from harness.report.marked import write_table

COMMAND = "assay mutants --generated --write"
HEAD = ("| of | score | killed | survived | timed out | stillborn | equivalent |", "|---|---|---|---|---|---|---|")


def write_score(page: Path, result: Score, commit: str) -> None:
    """Put it between the marks of ``page``.

    :param commit: of the application that was tried.
    :raises UsageError: there is no such page, or it lacks the marks.
    """
    write_table(page, COMMAND, markdown(result, commit))


def markdown(result: Score, commit: str) -> str:
    """One line for all, for each seed, for each kind of change and for each package."""
    groups: tuple[Mapping[str, Count], ...] = (
        {f"all, at {commit}": result.total},
        {f"seed {seed}": count for seed, count in result.by_seed.items()},
        {f"*{kind}*": count for kind, count in result.by_kind.items()},
        {f"`{package}/`": count for package, count in result.by_package.items()},
    )
    lines = (f"| {name} | {_cells(count)}" for group in groups for name, count in group.items())
    return "\n".join((*HEAD, *lines))


def percentage(count: Count) -> str:
    """The score as it is shown."""
    return "none to score" if count.score is None else f"{count.score:.0%}"


def _cells(count: Count) -> str:
    ends = (count.killed, count.survived, count.timed_out, count.stillborn, count.equivalent)
    return " | ".join((percentage(count), *map(str, ends))) + " |"
