"""Judges a run directory: the seal first, then whether its files agree, then every check, and the report of it all.

Data flow: sealed run directory → **judged** → what the command line prints. A run is judged by this as soon as it
is sealed, and `assay check` and `assay report` judge it again by the same. A record that is unsealed, changed or has
holes is UNKNOWN, whatever else it says: a lie proves nothing, not even that a promise was broken.
"""

from __future__ import annotations

import contextlib
import os
import traceback
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from harness.application.contract import Application
from harness.errors import AssayError, UsageError
from harness.experiment.claim import Claim
from harness.judge.judge import judge
from harness.judge.measures import overall_verdict
from harness.record.history_facts import Replayed
from harness.record.integrity import agreement, continuity, histories
from harness.record.integrity.seal import SEAL, Seal, changes, read_regular, read_seal
from harness.record.reader import read_record
from harness.record.record import Record, RunInfo
from harness.record.rundir import read_run_info
from harness.report.vocabulary import Vocabulary
from harness.report.write import write_report
from harness.verdict import CheckResult, Finding, Verdict, counted

CHECK = "seal"
FINDINGS_AT_MOST = 50
RUN_BYTES_AT_MOST = 2**20

Replay = Callable[[Path, Seal], Sequence[Replayed]]
"""Replays the histories of a run directory on the code that its seal names.

:raises UsageError: that code is not here.
"""


@dataclass(frozen=True)
class Judged:
    """What came of a run directory. ``sound`` says whether the record is what its writers left."""

    folder: Path
    record: Record
    results: Sequence[CheckResult]
    vocabulary: Vocabulary
    sound: bool

    @property
    def verdict(self) -> Verdict:
        """The worst of the results; an interrupted run is never VALID."""
        return overall_verdict(self.record, self.results)


def judge_directory(
    folder: Path, claim_of: Callable[[str], Claim], app: Application, replay: Replay | None = None
) -> Judged:
    """Judge the run directory.

    :param claim_of: finds a claim by name.
    :param app: the application, which knows how to read its histories' results and states.
    :param replay: replays the histories again; without it the run's own replays are judged.
    :raises UsageError: the folder is no run directory, or its claim is not known here.
    """
    if not any(os.path.lexists(folder / name) for name in ("run.json", SEAL, continuity.FOLDER)):
        raise UsageError(f"{folder} is not a run directory: it holds no run.json")
    problems: list[Finding] = []
    with _collecting(problems):
        seal = read_seal(folder)
        problems += changes(folder, seal)
    if problems:
        return _unsound(folder, problems)
    with _collecting(problems):
        info = read_run_info(folder)
        if seal.run_id != info.run_id:
            problems.append(Finding(SEAL, f"is of the run {seal.run_id}, and run.json of {info.run_id}"))
        journals = continuity.read_whole(folder, info.run_id)
        problems += journals.problems
    if problems:
        return _unsound(folder, problems)
    with _collecting(problems):
        record = read_record(folder, journals.lines)
        problems += agreement.disagreements(folder, info, seal.sources, journals.lines)
        problems += histories.disagreements(folder, app, journals.lines)
    if problems:
        return _unsound(folder, problems)
    del journals  # a large run has a million lines, and the record holds what they say
    claim = claim_of(info.claim)
    if replay is not None:
        record = replace(record, replays=_replayed(folder, seal, record, replay))
    return Judged(folder, record, (*judge(record, claim.checks), _as_sealed(seal)), claim.vocabulary, True)


def judge_and_report(
    folder: Path, claim_of: Callable[[str], Claim], app: Application, replay: Replay | None = None
) -> Judged:
    """Judge the run directory and write its report, in place of the one that is there.

    :raises UsageError: as `judge_directory`.
    :raises EnvironmentMissing: the report cannot be written.
    """
    found = judge_directory(folder, claim_of, app, replay)
    try:
        write_report(found.record, found.results, folder, found.vocabulary)
    except AssayError:
        raise
    except Exception as error:
        told = tuple(traceback.format_exception(error, limit=-3))
        found = _unsound(folder, [Finding("report.html", f"no report can be made of the record: {error!r}", told)])
        write_report(found.record, found.results, folder, found.vocabulary)
    return found


def _as_sealed(seal: Seal) -> CheckResult:
    files = [seal.file(name) for name in seal.files]
    lines = sum(file.lines for file in files)
    says = f"{counted(len(files), 'file', 'files')} with {lines:,} lines are as they were sealed, and agree"
    return CheckResult(CHECK, Verdict.VALID, says, (), {"files": len(files), "lines": lines})


def _replayed(folder: Path, seal: Seal, record: Record, replay: Replay) -> tuple[Replayed, ...]:
    """The replays of now. On other code none is possible, and each history says why."""
    try:
        return tuple(replay(folder, seal))
    except UsageError as error:
        return tuple(
            Replayed(execution.workflow_id, execution.run_id, "error", str(error)) for execution in record.executions
        )


def _unsound(folder: Path, problems: Sequence[Finding]) -> Judged:
    """UNKNOWN, and nothing else of the record: none of it can be relied on."""
    first, more = problems[0], len(problems) - 1
    summary = f"the record cannot be judged: {first.subject}: {first.message}"
    summary += f" (and {counted(more, 'place', 'places')} more)" if more else ""
    result = CheckResult(CHECK, Verdict.UNKNOWN, summary, tuple(problems[:FINDINGS_AT_MOST]))
    return Judged(folder, Record(_info(folder)), (result,), Vocabulary(), False)


def _info(folder: Path) -> RunInfo:
    """What can be said of the run at all."""
    try:
        read_regular(folder / "run.json", RUN_BYTES_AT_MOST)
        return read_run_info(folder)
    except (OSError, UsageError):
        return RunInfo("not known", "not known", "", 0, "not known", "", f"assay check {folder}")


@contextlib.contextmanager
def _collecting(problems: list[Finding]) -> Iterator[None]:
    """Makes a finding of whatever a malformed file raises, so that no record can end in a traceback."""
    try:
        yield
    except UsageError as error:
        # These begin with their place.
        place, _, message = str(error).partition(": ")
        problems.append(Finding(place, message))
    except Exception as error:
        problems.append(Finding("the record", f"cannot be read: {error!r}"))
