"""``python -m scenarios.invoices.bench.measure FOLDER INVOICES FAULTS``: read, judge and report one run, and time it.

A process of its own for each record, because the most memory that a process ever had is all that one can ask of it.
Prints one JSON object, see ``Measured``. The report goes where nobody looks for it: the folder stays as it is.
"""

from __future__ import annotations

import json
import resource
import sys
import tempfile
import threading
import time
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Self

import psutil

from harness.judge.check import Check
from harness.judge.judge import judge
from harness.record.integrity.agreement import disagreements
from harness.record.integrity.continuity import read_whole
from harness.record.integrity.seal import changes, read_seal
from harness.record.reader import read_record
from harness.record.record import Record
from harness.record.rundir import read_run_info
from harness.report.write import write_report
from harness.verdict import CheckResult, Finding, Verdict
from scenarios.invoices.synthetic.claim import claim_on
from scenarios.invoices.synthetic.run import Made

SEAL, JOURNALS, RECORD, AGREEMENT = "the seal", "the journals", "the record", "its agreement"
READING = (SEAL, JOURNALS, RECORD, AGREEMENT)
REPORT = "the report"
LOOK_SECONDS = 0.2


@dataclass(frozen=True)
class Step:
    """One step: seconds on the clock, and seconds of the processor."""

    name: str
    seconds: float
    cpu_seconds: float


@dataclass(frozen=True)
class Measured:
    """What one record took. ``faults_found`` are the checks that did not say VALID, with what they said."""

    effects: int
    steps: tuple[Step, ...]
    peak_bytes: int
    report_bytes: int
    faults_found: tuple[str, ...]

    @property
    def cpu_per_effect(self) -> float:
        """Seconds of the processor per effect, of all steps."""
        return sum(step.cpu_seconds for step in self.steps) / self.effects

    @property
    def judging_seconds(self) -> float:
        """All checks and the report, on the clock."""
        return sum(step.seconds for step in self.steps if step.name not in READING)


def measured(text: str) -> Measured:
    """What a process of this module printed."""
    fields = json.loads(text)
    steps = tuple(Step(**step) for step in fields.pop("steps"))
    return Measured(steps=steps, faults_found=tuple(fields.pop("faults_found")), **fields)


def _cpu_seconds() -> float:
    """Of this process and of those of its children that have ended."""
    return time.process_time() + sum(resource.getrusage(resource.RUSAGE_CHILDREN)[:2])


class _Children:
    """Looks now and then at how much memory the readers of documents take, all together.

    What the system says of children that have ended counts what this process had when it started them.
    """

    def __init__(self) -> None:
        self.most_bytes = 0
        self._over = threading.Event()
        self._looking = threading.Thread(target=self._look)

    def __enter__(self) -> Self:
        self._looking.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._over.set()
        self._looking.join()

    def _look(self) -> None:
        while not self._over.wait(LOOK_SECONDS):
            with suppress(psutil.NoSuchProcess):
                found = sum(child.memory_info().rss for child in psutil.Process().children())
                self.most_bytes = max(self.most_bytes, found)


class _Stopwatch:
    def __init__(self) -> None:
        self.steps: list[Step] = []
        self._since = (time.perf_counter(), _cpu_seconds())

    def lap(self, name: str) -> None:
        """A step has ended; the next begins."""
        before, self._since = self._since, (time.perf_counter(), _cpu_seconds())
        self.steps.append(Step(name, self._since[0] - before[0], self._since[1] - before[1]))


@dataclass(frozen=True)
class _Timed:
    """A check that tells the stopwatch when it is done."""

    check: Check
    watch: _Stopwatch

    @property
    def name(self) -> str:
        """The check's own."""
        return self.check.name

    def __call__(self, record: Record) -> CheckResult:
        try:
            return self.check(record)
        finally:
            self.watch.lap(self.name)


def _read(folder: Path, watch: _Stopwatch) -> tuple[Record, list[Finding]]:
    """The record of the folder, as `assay check` reads it, and what is wrong with it; its histories are none."""
    info = read_run_info(folder)
    seal = read_seal(folder)
    problems = list(changes(folder, seal))
    watch.lap(SEAL)
    journals = read_whole(folder, info.run_id)
    problems += journals.problems
    watch.lap(JOURNALS)
    record = read_record(folder, journals.lines)
    watch.lap(RECORD)
    problems += disagreements(folder, info, seal.sources, journals.lines)
    watch.lap(AGREEMENT)
    return record, problems


def measure(folder: Path, made: Made) -> Measured:
    """Read, judge and report the run in the folder."""
    claim = claim_on(made)
    watch = _Stopwatch()
    record, problems = _read(folder, watch)
    with _Children() as children:
        results = judge(record, [_Timed(check, watch) for check in claim.checks])
    with tempfile.TemporaryDirectory() as scratch:
        write_report(record, results, Path(scratch), claim.vocabulary)
        watch.lap(REPORT)
        report_bytes = (Path(scratch) / "report.html").stat().st_size
    bad = [f"{each.subject}: {each.message}" for each in problems]
    bad += [f"{each.check}: {each.summary}" for each in results if each.verdict is not Verdict.VALID]
    peak_bytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 + children.most_bytes
    return Measured(len(record.effects), tuple(watch.steps), peak_bytes, report_bytes, tuple(bad))


if __name__ == "__main__":
    _, directory, invoices, faults = sys.argv
    print(json.dumps(asdict(measure(Path(directory), Made(int(invoices), 0, int(faults))))))
