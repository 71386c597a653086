"""The end of a load run as plain lines: all rows raw and corrected side by side, errors, thresholds, the verdict.

Data flow: outcome → **table** → the terminal. Whoever prints it decides on colour. What came from outside is made
visible first, so that no error can drive the reader's terminal.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from harness.load.judge.outcome import LoadOutcome
from harness.load.judge.thresholds import Judged
from harness.load.measure.lag import lag_line
from harness.load.measure.measurements import Percentiles, RowSummary
from harness.load.measure.shown import duration, share
from harness.load.report.inside_words import inside_lines
from harness.report.untrusted import visible
from harness.verdict import Verdict

NAME_CHARACTERS = 34
ERRORS_SHOWN = 5
TICKS = {Verdict.VALID: "✓", Verdict.INVALID: "✗", Verdict.UNKNOWN: "?"}

_COUNTS = ("ok", "errors", "unseen")
_TIMES = ("p50", "p95", "p99", "max")


def table_lines(outcome: LoadOutcome, report: Path | None = None) -> list[str]:
    """All lines, the verdict near the end, where a terminal shows it; ``report`` is where the page was written."""
    summaries = outcome.measurements.summaries()
    lines = [*row_lines(summaries), "", *_errors(summaries), *_compared(outcome)]
    lines += [*inside_lines(outcome.inside), ""]
    lines += [*_thresholds(outcome.judged), "", f"{outcome.conclusion.verdict.value}  {headline(outcome)}"]
    lines += [f"  - {visible(reason, limit=200)}" for reason in outcome.conclusion.reasons]
    lines.append("")
    if report is not None:
        lines.append(f"report  {report}")
    return [*lines, f"repeat  {visible(outcome.command)}", f"seed    {outcome.seed}"]


def headline(outcome: LoadOutcome) -> str:
    """What the verdict means for this run, in one sentence."""
    verdict = outcome.conclusion.verdict
    if verdict is Verdict.VALID:
        return f"All {len(outcome.judged)} thresholds were met in {duration(outcome.lasted_seconds)} of load."
    if verdict is Verdict.INVALID:
        broken = sum(each.verdict is Verdict.INVALID for each in outcome.judged)
        return f"{broken} of {len(outcome.judged)} thresholds {'is' if broken == 1 else 'are'} broken."
    return "This run proves nothing about the system."


def row_lines(summaries: Sequence[RowSummary]) -> list[str]:
    """The rows with their heads, raw and corrected side by side."""
    if not summaries:
        return ["rows    nothing was measured"]
    width = min(NAME_CHARACTERS, max(len(str(summary.row)) for summary in summaries))
    gap = " " * (width + 8 * len(_COUNTS))
    return [
        f"{gap}  {'raw: from the call':<36}{'corrected: from when it was intended'}",
        "".join([" " * width, *(f"{each:>8}" for each in _COUNTS), *(f"{each:>9}" for each in _TIMES * 2)]),
        *(_row(summary, width) for summary in summaries),
    ]


def _row(summary: RowSummary, width: int) -> str:
    counts = (summary.succeeded, summary.failed, summary.abandoned + summary.unfinished)
    times = (*_times(summary.raw), *_times(summary.corrected))
    name = visible(str(summary.row), limit=NAME_CHARACTERS)
    return "".join([f"{name:<{width}}", *(f"{count:>8,}" for count in counts), *(f"{time:>9}" for time in times)])


def _times(times: Percentiles) -> tuple[str, ...]:
    return tuple(duration(seconds) for seconds in (times.p50, times.p95, times.p99, times.max))


def _errors(summaries: Sequence[RowSummary]) -> list[str]:
    errors = sorted(
        ((count, summary.row, text) for summary in summaries for text, count in summary.errors),
        key=lambda each: (-each[0], str(each[1]), each[2]),
    )
    if not errors:
        return []
    lines = [f"  {count:>7,}  {row}: {visible(text, limit=120)}" for count, row, text in errors[:ERRORS_SHOWN]]
    hidden = len(errors) - len(lines)
    return ["errors", *lines, *([f"           and {hidden:,} more kinds"] if hidden else []), ""]


def _compared(outcome: LoadOutcome) -> list[str]:
    lines, offered = [], outcome.offered
    if offered is not None and offered.share is not None:
        lines.append(
            f"offered  {share(offered.share)} of {offered.scheduled:,} arrivals were begun in time "
            f"({offered.late:,} late, {offered.scheduled - offered.begun:,} never)"
        )
    if outcome.lag.count:
        lines.append(f"lag      {lag_line(outcome.lag)}")
    for each in outcome.counted:
        agree = "as the server counts" if each.ours == each.servers else f"but the server counts {each.servers:,}"
        lines.append(f"counted  {each.ours:,} {each.what}, {agree}")
    return [*lines, ""] if lines else []


def _thresholds(judged: Sequence[Judged]) -> list[str]:
    if not judged:
        return ["thresholds  none"]
    width = max(len(each.threshold.text) for each in judged)
    return [
        "thresholds",
        *(
            f"  {TICKS[each.verdict]} {each.threshold.text:<{width}}  {each.says}"
            f"{'  (implied)' if each.threshold.implied else ''}"
            for each in judged
        ),
    ]
