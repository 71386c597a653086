"""The lines in which the gate says what it found: each different failure once, with the histories that show it."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from harness.replay.drift.allowed import NAME, event_of
from harness.replay.gate.corpus import RECORD
from harness.replay.gate.gate import Answers, in_order
from harness.replay.lint.lint import REVIEW
from harness.replay.reasons import DIVERGED, DRIFTED, NO_PROGRESS, REPLAYED, VERDICTS
from harness.replay.result import Result
from harness.verdict import CheckResult, counted

FILES_SHOWN = 5
INDEX = re.compile(r"\[\d+\]")
MEANT = {
    NO_PROGRESS: "no workflow task was completed in it, so replaying it proves nothing; record one that went further",
}


def lines_of(answers: Answers, code: Path, root: Path, corpus: str) -> Iterator[str]:
    """The whole answer, the worst first; the verdict is the last line.

    :param code: the folder of the code that was asked; its lines are told as they lie in it.
    :param root: the folder that the corpus is told relative to.
    :param corpus: the folder of the corpus, as the project calls it.
    """
    for suspect in answers.suspects:
        yield f"INVALID  {suspect.rule}: {beside(code, suspect.file)}:{suspect.line}"
        yield f"  {suspect}"
    if answers.suspects:
        yield f"  what somebody has looked at may say so at its line: {REVIEW}"
        yield ""
    for shown, files in failures(answers):
        yield from group_lines(shown, [beside(root, file) for file in files], code)
        yield ""
    for entry in answers.allowed:
        yield f"allowed  {entry.event}: {entry.field}, because {entry.because}"
    for entry in answers.unused:
        yield f"unused   {entry.event}: {entry.field} drifts no more; take it out of {NAME}"
    for name in answers.types_without_history:
        yield f"UNKNOWN  no history of the workflow {name}, so nothing is known of it"
        yield f"  record one: {RECORD} --type {name} --corpus {corpus}"
        yield ""
    for check in answers.beside:
        yield from beside_lines(check)
        yield ""
    if answers.prefixes:
        yield f"{counted(answers.prefixes, 'prefix', 'prefixes')} of them: as they were in flight"
    yield counts(answers.results)
    yield f"{answers.verdict.value}"


def beside_lines(check: CheckResult) -> Iterator[str]:
    """The lines of what was asked without a history."""
    yield f"{check.verdict.value}  {check.check}: {check.summary}"
    for finding in check.findings:
        yield f"  {finding.subject}: {finding.message}" if finding.subject else f"  {finding.message}"


def failures(answers: Answers) -> list[tuple[Result, list[Path]]]:
    """Each different failure once, the worst first, with the histories that show it."""
    groups: dict[Result, list[tuple[Result, Path]]] = defaultdict(list)
    for file, result in in_order(answers.results):
        for shown, alike in _failures_of(result):
            if file not in (other for _, other in groups[alike]):
                groups[alike].append((shown, file))
    return [(those[0][0], [file for _, file in those]) for those in groups.values()]


def _failures_of(result: Result) -> Iterator[tuple[Result, Result]]:
    """What is to be shown of a result, each with what is alike wherever one change of the code brings it about."""
    if result.reason == DRIFTED:
        for drift in result.drifts:
            then, now = f"{drift.event}: {drift.field} {drift.then}", f"{drift.field} {drift.now}"
            event, field = event_of(drift), INDEX.sub("[]", drift.field)
            shown = Result(DRIFTED, result.message, result.workflow_type, 0, then, now, drift.places)
            yield shown, Result(DRIFTED, "", result.workflow_type, 0, event, field, drift.places)
    elif result.reason != REPLAYED:
        event = result.recorded.split(" ", 2)[-1]
        message = "" if result.reason == DIVERGED else result.message
        alike = Result(result.reason, message, result.workflow_type, 0, event, result.commanded, result.places)
        yield result, alike


def group_lines(result: Result, files: Sequence[str], code: Path) -> Iterator[str]:
    """The lines of one failure, with the first histories that show it."""
    of = f" of {result.workflow_type}" if result.workflow_type else ""
    yield f"{VERDICTS[result.reason].value}  {result.reason}: {counted(len(files), 'history', 'histories')}{of}"
    if result.recorded or result.commanded:
        yield f"  the history   {result.recorded}"
        if result.commanded:
            yield f"  the code now  {result.commanded}"
    for number, place in enumerate(result.places):
        yield f"  {'at  ' if number == 0 else 'from'}          {beside(code, Path(place))}"
    if message := result.message or MEANT.get(result.reason):
        yield f"  {message}"
    for file in files[:FILES_SHOWN]:
        yield f"  {file}"
    if len(files) > FILES_SHOWN:
        yield f"  and {len(files) - FILES_SHOWN} more"


def counts(results: Mapping[Path, Result]) -> str:
    """How many histories there are, and how many ended in each way."""
    reasons = Counter(result.reason for result in results.values())
    each = ", ".join(f"{number} {reason}" for reason, number in sorted(reasons.items(), key=lambda of: -of[1]))
    return f"{counted(len(results), 'history', 'histories')}: {each}"


def beside(folder: Path, file: Path) -> str:
    """The file as it lies in the folder, where it does."""
    return str(file.relative_to(folder)) if file.is_relative_to(folder) else str(file)
