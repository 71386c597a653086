"""What the gate hands on: JUnit for a CI system, and Markdown for whoever reads a pull request.

Both say what the terminal says, by the same rules: what a payload codec encodes is never in them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from harness.replay.gate.gate import PART, Answers
from harness.replay.gate.telling import beside, beside_lines, counts, failures, group_lines
from harness.replay.reasons import (
    DIVERGED,
    DRIFTED,
    RAISED,
    REPLAYED,
    TIMED_OUT,
    TYPE_UNKNOWN,
    UNDECODABLE,
    VERDICTS,
)
from harness.replay.recording.keep import read_manifest
from harness.report.junit import suite_bytes
from harness.report.untrusted import visible
from harness.verdict import CheckResult, Finding, Verdict, counted

OPEN = "RUNNING"
SUITE = "replay gate"
TO_DO = {
    DIVERGED: "Put the change behind `workflow.patched`, or deploy it as a new version, and pin to the old one "
    "what it began (`VersioningBehavior.PINNED`).",
    DRIFTED: "Take the change back or put it behind `workflow.patched`; if it is wanted, say so with the reason in "
    "`allowed-drift.toml`.",
    RAISED: "Mend the line that raises: every workflow task of these executions would fail.",
    TYPE_UNKNOWN: "Keep the old name, `@workflow.defn(name=…)`, until the last execution of it has ended.",
    TIMED_OUT: "Look for a loop that never waits.",
    UNDECODABLE: "Give the gate the key of the payload codec.",
}
RECORD_AGAIN = "Nothing is known of these: record them again, whole, with `assay replay record`."


def junit_of(answers: Answers, code: Path, root: Path) -> bytes:
    """One case per history, per suspect line, and per type without a history; never an empty suite.

    :param code: the folder of the code that was asked.
    :param root: the folder that the histories are told relative to.
    """
    told: dict[Path, list[str]] = {}
    for result, files in failures(answers):
        for file in files:
            told.setdefault(file, []).extend(group_lines(result, [], code))
    cases = [
        CheckResult(
            beside(root, file),
            VERDICTS[result.reason],
            result.reason,
            (Finding(result.workflow_type or result.reason, result.reason, _safe(told.get(file, ()))),)
            if result.reason != REPLAYED
            else (),
        )
        for file, result in sorted(answers.results.items())
    ]
    for suspect in answers.suspects:
        where = f"{beside(code, suspect.file)}:{suspect.line}"
        cases.append(CheckResult(where, Verdict.INVALID, f"{suspect.rule}: {suspect}"))
    for name in answers.types_without_history:
        cases.append(CheckResult(name, Verdict.UNKNOWN, "no history of this workflow, so nothing is known of it"))
    cases += answers.beside
    if not cases:
        cases.append(CheckResult("corpus", Verdict.UNKNOWN, "no history, so nothing is proved"))
    return suite_bytes(SUITE, cases, facts={"verdict": answers.verdict.value}, said=counts(answers.results))


def markdown_of(answers: Answers, code: Path, root: Path, corpus: str) -> str:
    """What the change would break, which executions, and what to do; for a pull request.

    :param corpus: the folder of the corpus, as the project calls it.
    """
    return "\n".join(_markdown(answers, code, root, corpus)) + "\n"


def _markdown(answers: Answers, code: Path, root: Path, corpus: str) -> Iterator[str]:
    yield from (f"## Replay gate: {answers.verdict.value}", "", f"{counts(answers.results)}.", "")
    if not answers.results:
        yield from ("There is no history, so nothing is proved. Record some:", "")
        yield from _fenced([f"assay replay record --corpus {corpus}"])
    for suspect in answers.suspects:
        yield from (f"### INVALID: a line that may not do the same at every replay ({suspect.rule})", "")
        yield from _fenced([f"{beside(code, suspect.file)}:{suspect.line}", str(suspect)])
    for result, files in failures(answers):
        under_way = _open_in(files)
        whose = f", {under_way} of them of executions that were open when recorded" if under_way else ""
        histories = counted(len(files), "history", "histories")
        yield from (f"### {VERDICTS[result.reason].value}: {result.reason}, {histories}{whose}", "")
        yield from _fenced(list(group_lines(result, [beside(root, file) for file in files], code)))
        yield from (TO_DO.get(result.reason, RECORD_AGAIN), "")
    if missing := answers.types_without_history:
        yield from ("### UNKNOWN: workflows of which there is no history", "")
        yield from _fenced([f"assay replay record --type {name} --corpus {corpus}" for name in missing])
    for check in answers.beside:
        yield from (f"### {check.verdict.value}: {check.check}", "")
        yield from _fenced(list(beside_lines(check)))
    for entry in answers.allowed:
        yield from _fenced([f"allowed: {entry.event}: {entry.field}, because {entry.because}"])


def _fenced(lines: Sequence[str]) -> Iterator[str]:
    """A code block that no line of it can end: nothing of the histories becomes markup, a link or a mention."""
    safe = _safe(lines)
    longest = max((len(run) for line in safe for run in re.findall("`+", line)), default=0)
    fence = "`" * max(3, longest + 1)
    yield from (f"{fence}text", *safe, fence, "")


def _safe(lines: Sequence[str]) -> tuple[str, ...]:
    return tuple(visible(line) for line in lines)


def _open_in(files: Sequence[Path]) -> int:
    """How many of the executions were open when they were recorded, as the manifests beside them say."""
    manifests = {folder: read_manifest(folder) for folder in {file.parent for file in files}}
    entries = [manifests[file.parent].get(file.name.split(PART)[0]) for file in files]
    return len({entry.file for entry in entries if entry is not None and entry.status == OPEN})
