"""The score in Markdown, between its marks in a page.

Data flow: score → **page** → `docs/mutants.md`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from harness.mutants.generated.score import Count, Score
from harness.mutants.generated.trial import Tried
from harness.report.marked import write_table

COMMAND = "assay mutants --generated --write"
COLUMNS = "| score | killed | survived | timed out | crashed | equivalent |"
RULE = "|---|---|---|---|---|---|"


def write_score(page: Path, result: Score, seeds: Sequence[int], commit: str) -> None:
    """Put it between the marks of ``page``.

    :param seeds: those that the mutants were drawn by.
    :param commit: of the application that was tried.
    :raises UsageError: there is no such page, or it lacks the marks.
    """
    write_table(page, COMMAND, markdown(result, seeds, commit))


def markdown(result: Score, seeds: Sequence[int], commit: str) -> str:
    """The tables, and each survivor as a diff."""
    drawn = f"Drawn by the seed{'s' if len(seeds) > 1 else ''} {', '.join(map(str, seeds))}, tried at {commit}."
    parts = [
        drawn,
        _table("", {"all": result.total}),
        _table("kind", result.by_kind),
        _table("file", {f"`{file}`": count for file, count in result.by_module.items()}),
        "\n".join(("| check | killed |", "|---|---|", *(f"| {name} | {n} |" for name, n in result.by_check.items()))),
        *(_shown("No check has named this one", each) for each in result.survivors),
        *(_shown(f"Equivalent: {why}", each) for each, why in result.equivalent),
        *(_shown(f"Called equivalent ({why}), and it is not", each) for each, why in result.mistaken),
    ]
    return "\n\n".join(parts)


def _table(what: str, counts: Mapping[str, Count]) -> str:
    lines = (f"| {what} {COLUMNS}", f"|---{RULE}", *(f"| {name} {_cells(count)}" for name, count in counts.items()))
    return "\n".join(lines)


def _cells(count: Count) -> str:
    part = "none to score" if count.score is None else f"{count.score:.0%}"
    return f"| {part} | {count.killed} | {count.survived} | {count.timed_out} | {count.crashed} | {count.equivalent} |"


def _shown(what: str, tried: Tried) -> str:
    outcome = tried.outcome
    told = "; ".join(filter(None, (f"{outcome.end.value} after {outcome.executions} executions", outcome.told)))
    return f"{what}: `{tried.mutant.name}` ({told}).\n\n```diff\n{tried.mutant.diff}```"
