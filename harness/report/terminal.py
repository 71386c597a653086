"""The end of a run as plain lines. The command line gives them colour; what they say is decided here.

Everything that came from outside is made visible first, so no finding can drive the reader's terminal.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from harness.judge.recovery import RecoveryFloor
from harness.record.record import FaultRecord, Record
from harness.report.cuts import cut_lines
from harness.report.sentence import sentence
from harness.report.summary import Summary, summary
from harness.report.untrusted import visible
from harness.report.vocabulary import Vocabulary
from harness.verdict import CheckResult, Verdict

SUMMARY_CHARACTERS = 160
FINDINGS_SHOWN = 3


def terminal_lines(
    record: Record,
    results: Sequence[CheckResult],
    vocabulary: Vocabulary | None = None,
    report: Path | None = None,
) -> list[str]:
    """Verdict and sentence, the checks, what was broken, the worst recovery, where the report lies, how to repeat."""
    words = vocabulary or Vocabulary()
    counts = summary(record, results, words)
    lines = [f"{counts.verdict.value}  {sentence(record, results, words)}", "", *_checks(results), ""]
    if cuts := cut_lines(record):
        lines += [*cuts, ""]
    lines += [*_faults(record), f"  {_recovery(counts)}", ""]
    if report is not None:
        lines.append(f"report  {report}")
    return [*lines, f"repeat  {visible(record.run.command)}", f"seed    {record.run.seed}"]


def _checks(results: Sequence[CheckResult]) -> list[str]:
    if not results:
        return ["checks  none ran"]
    width = max(len(visible(result.check, limit=40)) for result in results)
    lines = ["checks"]
    for result in results:
        name = visible(result.check, limit=40)
        says = visible(result.summary, limit=SUMMARY_CHARACTERS)
        lines.append(f"  {result.verdict.value:<7}  {name:<{width}}  {says}".rstrip())
        if result.verdict is not Verdict.VALID:
            lines += _findings(result)
    return lines


def _findings(result: CheckResult) -> list[str]:
    lines = [
        f"           - {visible(finding.subject, limit=80)}: {visible(finding.message, limit=SUMMARY_CHARACTERS)}"
        for finding in result.findings[:FINDINGS_SHOWN]
    ]
    hidden = len(result.findings) - len(lines)
    return [*lines, f"           - and {hidden:,} more"] if hidden > 0 else lines


def _faults(record: Record) -> list[str]:
    if not record.faults:
        return ["faults  none" if record.run.faults_enabled else "faults  switched off"]
    lines = ["faults"]
    width = max(len(visible(fault.kind, limit=40)) for fault in record.faults)
    lines += [
        f"  {place:>2}  {visible(fault.kind, limit=40):<{width}}  {_went(fault)}"
        for place, fault in enumerate(record.faults, start=1)
        if not _told_by_matrix(fault)
    ]
    told = sum(map(_told_by_matrix, record.faults))
    return [*lines, f"  {told} in the matrix above, each landed, felt and healed"] if told else lines


def _told_by_matrix(fault: FaultRecord) -> bool:
    """Whether the matrix of cuts has already said all there is to say of this fault."""
    went_well = fault.error is None and None not in (fault.landed, fault.felt, fault.healed_seconds)
    return fault.cut is not None and went_well


def _went(fault: FaultRecord) -> str:
    if fault.injected_seconds is None:
        went = "never injected"
    else:
        landed = "landed" if fault.landed is not None else "NO EVIDENCE that it landed"
        felt = "felt" if fault.felt is not None else "not felt"
        went = f"{landed}, {felt}, {'healed' if fault.healed_seconds is not None else 'NOT HEALED'}"
    return went if fault.error is None else f"{went}; {visible(fault.error, limit=SUMMARY_CHARACTERS)}"


def _recovery(counts: Summary) -> str:
    cut = f"{counts.attempts_cut_short:,} of {counts.attempts:,} attempts cut short"
    if counts.worst_recovery_seconds is None:
        worst = "no recovery was measured"
    else:
        middle = counts.p50_recovery_seconds or 0.0
        worst = f"worst recovery {counts.worst_recovery_seconds:.1f} s, median {middle:.1f} s"
    never = f", {counts.never_recovered:,} never came back" if counts.never_recovered else ""
    return f"{cut}; {worst}{never} ({_floor(counts.floor)})"


def _floor(floor: RecoveryFloor) -> str:
    known = floor.smallest_seconds
    least = (
        "no floor without a heartbeat time-out"
        if known is None
        else f"floor {known:g} s = heartbeat time-out + first back-off"
    )
    return f"{least}; workflow task time-out {floor.workflow_task_timeout_seconds:g} s"
