"""The report page: one file that asks nothing of any network, readable on a phone, in the dark and on paper.

What the application and the world said is untrusted: Jinja escapes every value, ``visible`` shows what cannot be seen,
and the page's own Content-Security-Policy forbids scripts and requests. Findings beyond the first of each check are
counted here and told in ``verdict.json``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from harness.judge.measures import latency, work_began_seconds, work_lasted_seconds
from harness.judge.recovery import FaultRecovery, recovery
from harness.record.record import FaultRecord, Record
from harness.report.charts.backlog_chart import backlog_chart
from harness.report.charts.charts import Chart, faults_chart, latency_chart, throughput_chart
from harness.report.charts.lanes import lanes_chart
from harness.report.charts.recovery_chart import recovery_chart
from harness.report.charts.small import histogram_charts, ladder_charts
from harness.report.cuts import cut_rows
from harness.report.figures import figures
from harness.report.links import workflow_link
from harness.report.pages import page_environment, seconds
from harness.report.requests import asked
from harness.report.sentence import sentence
from harness.report.summary import summary
from harness.report.vocabulary import Vocabulary
from harness.verdict import CheckResult, Finding, Verdict

FINDINGS_SHOWN = 20
STORY_LINES_SHOWN = 40
FAULTS_SHOWN = 100

NOT_COVERED = (
    "Power loss, a full disk and clock jumps: killing processes says nothing about them.",
    "The interleaving: the same seed gives the same plan and the same operations, but on real processes not the same "
    "order of events.",
    "What was not tried: VALID speaks of this run, its faults and its input, not of others.",
)


@dataclass(frozen=True)
class FindingView:
    """One finding, and where its workflow is to be seen in Temporal's UI."""

    finding: Finding
    link: str | None


@dataclass(frozen=True)
class CheckView:
    """One check as the page shows it: open when there is something to read, with the first of its findings."""

    result: CheckResult
    shown: tuple[FindingView, ...]
    hidden: int
    open: bool


@dataclass(frozen=True)
class FaultView:
    """One row of the table of faults; instants in seconds since the work began."""

    number: int
    fault: FaultRecord
    injected_seconds: float | None
    healed_seconds: float | None
    recovery: FaultRecovery | None

    @property
    def needs_a_look(self) -> bool:
        """Whether it did not go as planned, or something that it cut short never came back."""
        fault = self.fault
        went = fault.error is None and fault.landed is not None and fault.felt is not None
        return not went or fault.healed_seconds is None or bool(self.recovery and self.recovery.never)


def report_html(record: Record, results: Sequence[CheckResult], vocabulary: Vocabulary | None = None) -> str:
    """The whole page as text."""
    return (
        page_environment().get_template("report.html.j2").render(_context(record, results, vocabulary or Vocabulary()))
    )


def _context(record: Record, results: Sequence[CheckResult], words: Vocabulary) -> dict[str, Any]:
    counts = summary(record, results, words)
    rows = _faults(record)
    return {
        "run": record.run,
        "verdict": counts.verdict.value,
        "tone": {Verdict.VALID: "valid", Verdict.UNKNOWN: "unknown", Verdict.INVALID: "invalid"}[counts.verdict],
        "sentence": sentence(record, results, words),
        "interrupted": record.interrupted,
        "figures": figures(record, counts, words),
        "checks": [_check(record, result) for result in _worst_first(results)],
        "faults": _shown(rows),
        "faults_hidden": max(0, len(rows) - FAULTS_SHOWN),
        "cuts": cut_rows(record),
        "summary": counts,
        "asked": asked(record, counts.effects),
        "ladders": ladder_charts(record),
        "histograms": histogram_charts(record, words.start),
        "floor": counts.floor,
        "slower": [each for each in counts.floor.by_activity if each[1] != counts.floor.smallest_seconds],
        "recovery": recovery_chart(record),
        "timeline": _timeline(record, words.start),
        "latencies": latency(record, words.start),
        "facts": _facts(record),
        "not_covered": NOT_COVERED,
        "personal_data": words.personal_data,
    }


def _timeline(record: Record, start: str) -> list[Chart]:
    drawn = [faults_chart(record)] if record.faults else []
    if record.attempts:
        drawn.append(lanes_chart(record))
    if any(execution.closed_seconds is not None for execution in record.executions):
        drawn.append(throughput_chart(record))
    if record.operations:
        drawn.append(latency_chart(record, start))
    if record.samples:
        drawn.append(backlog_chart(record))
    return drawn


def _worst_first(results: Sequence[CheckResult]) -> list[CheckResult]:
    return sorted(results, key=lambda result: -result.verdict.badness)


def _check(record: Record, result: CheckResult) -> CheckView:
    shown = tuple(
        FindingView(
            Finding(finding.subject, finding.message, _cut(finding.story)), workflow_link(record, finding.subject)
        )
        for finding in result.findings[:FINDINGS_SHOWN]
    )
    return CheckView(result, shown, len(result.findings) - len(shown), result.verdict is not Verdict.VALID)


def _cut(story: tuple[str, ...]) -> tuple[str, ...]:
    hidden = len(story) - STORY_LINES_SHOWN
    return (*story[:STORY_LINES_SHOWN], f"… and {hidden:,} more lines in verdict.json") if hidden > 0 else story


def _faults(record: Record) -> list[FaultView]:
    began = work_began_seconds(record)
    recovered = {each.fault_id: each for each in recovery(record)}
    return [
        FaultView(
            number=place,
            fault=fault,
            injected_seconds=None if fault.injected_seconds is None else fault.injected_seconds - began,
            healed_seconds=None if fault.healed_seconds is None else fault.healed_seconds - began,
            recovery=recovered.get(fault.fault_id),
        )
        for place, fault in enumerate(record.faults, start=1)
    ]


def _shown(rows: list[FaultView]) -> list[FaultView]:
    """As many as anybody reads, those first that need a look; in the order of the plan."""
    needy = sorted(rows, key=lambda row: row.needs_a_look, reverse=True)[:FAULTS_SHOWN]
    return sorted(needy, key=lambda row: row.number)


def _facts(record: Record) -> list[tuple[str, str]]:
    run = record.run
    facts = {
        "Run": run.run_id,
        "Claim": run.claim,
        "Seed": str(run.seed),
        "Stack": run.stack,
        "Started": run.started_at,
        "Work lasted": seconds(work_lasted_seconds(record) if record.operations else None),
        "Commit": _commit(run.commit, run.dirty),
        "Mutant": run.mutant or "none: the code as it is",
        "Faults": "as planned" if run.faults_enabled else "switched off (--faults none)",
    }
    versions = [(f"{name} version", version) for name, version in run.versions.items()]
    return [*facts.items(), *versions, *((name, str(value)) for name, value in run.parameters.items())]


def _commit(commit: str | None, dirty: bool | None) -> str:
    if commit is None:
        return "not known"
    states = {True: ", with changes that are not committed", False: ", clean", None: ""}
    return f"{commit}{states[dirty]}"
