"""The report of a load run: one self-contained HTML page that asks nothing of any network.

Data flow: outcome → **report** → a file. The look is that of the run's report (``harness.report``): its style
sheet, its escaping of what came from outside, a Content-Security-Policy without scripts. Nothing is judged here.

Not covered: what every single request did. The rows are histograms; ids are in the server's own visibility.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from harness.load.inside.parts import Part
from harness.load.judge.outcome import LoadOutcome
from harness.load.measure.lag import lag_line
from harness.load.measure.latencies import Latencies
from harness.load.measure.measurements import Percentiles, RowMeasurements
from harness.load.measure.shown import duration, share
from harness.load.report.charts import latency_chart, spread_chart, throughput_chart
from harness.load.report.dips import WINDOW_SECONDS, baseline_of, dips_of
from harness.load.report.inside_charts import inside_charts
from harness.load.report.inside_words import (
    answers_of,
    cores_of,
    inside_figures,
    memory_of,
    pollers_of,
    slots_of,
    troubles_of,
)
from harness.load.report.table import TICKS, headline
from harness.load.report.work import lasted_seconds, steps_of, work_of
from harness.report.figures import Figure
from harness.report.pages import page_environment

TEMPLATES = Path(__file__).parent / "templates"
ERRORS_SHOWN = 30

NOT_COVERED = (
    "A load other than this one: what was met at this rate and mix may break at the next.",
    "Why a latency is what it is: it is what a client saw, and what the system says of itself stands beside it.",
    "What did not succeed has no latency. Errors are counted apart, and what ended unseen may have gone either way.",
)


def report_html(outcome: LoadOutcome) -> str:
    """The whole page as text."""
    environment = page_environment(TEMPLATES)
    environment.filters["duration"] = duration
    environment.filters["share"] = share
    environment.filters["per_second"] = lambda value: f"{value:,.1f}/s"
    return environment.get_template("load.html.j2").render(_context(outcome))


def write_report(outcome: LoadOutcome, file: Path) -> None:
    """Write the page, whole or not at all; a folder that is not there is made.

    :raises OSError: when the file cannot be written.
    """
    file.parent.mkdir(parents=True, exist_ok=True)
    beside = file.with_name(f".{file.name}.tmp")
    try:
        beside.write_bytes(report_html(outcome).encode("utf-8", "backslashreplace"))
        beside.replace(file)
    finally:
        beside.unlink(missing_ok=True)


def _context(outcome: LoadOutcome) -> dict[str, Any]:
    summaries = outcome.measurements.summaries()
    errors = sorted(
        ((count, str(summary.row), text) for summary in summaries for text, count in summary.errors),
        key=lambda each: (-each[0], *each[1:]),
    )
    return {
        "outcome": outcome,
        "verdict": outcome.conclusion.verdict.value,
        "tone": outcome.conclusion.verdict.value.lower(),
        "sentence": headline(outcome),
        "figures": _figures(outcome),
        "timeline": [throughput_chart(outcome), latency_chart(outcome)] if summaries else [],
        "spread": spread_chart(outcome) if any(summary.succeeded for summary in summaries) else None,
        "baseline": baseline_of(outcome),
        "dips": dips_of(outcome),
        "window_seconds": WINDOW_SECONDS,
        "ticks": TICKS,
        "summaries": summaries,
        "inside": outcome.inside,
        "inside_troubles": troubles_of(outcome.inside),
        "inside_figures": inside_figures(outcome.inside),
        "inside_charts": inside_charts(outcome),
        "inside_parts": [_part(part) for part in outcome.inside.parts],
        "errors": errors[:ERRORS_SHOWN],
        "errors_hidden": len(errors) - ERRORS_SHOWN,
        "facts": _facts(outcome),
        "not_covered": NOT_COVERED,
    }


def _figures(outcome: LoadOutcome) -> tuple[Figure, ...]:
    """The handful of numbers at the top, each with the number that it should be read against."""
    name, work = work_of(outcome)
    every = list(outcome.measurements.rows().values())
    return (_done(outcome, name, work), _waited(name, work), _failed(every), _unseen(every), _kept(outcome))


def _done(outcome: LoadOutcome, name: str, work: list[RowMeasurements]) -> Figure:
    done = sum(measured.succeeded for measured in work)
    seconds = lasted_seconds(outcome)
    best = max((second.succeeded for _, second in steps_of(outcome, work)), default=0)
    note = f"{done / seconds:,.1f}/s over {duration(seconds)}" if best else "nothing ended well"
    return Figure(f"{done:,}", f"{name} done", note, not done)


def _waited(name: str, work: list[RowMeasurements]) -> Figure:
    raw, corrected = Latencies(), Latencies()
    for measured in work:
        raw.merge(measured.raw)
        corrected.merge(measured.corrected)
    return Figure(
        duration(corrected.percentile(0.99)),
        f"p99 of {name}",
        f"corrected; raw {duration(raw.percentile(0.99))}, median {duration(Percentiles.of(corrected).p50)}",
    )


def _failed(every: list[RowMeasurements]) -> Figure:
    failed = sum(measured.errors.total() for measured in every)
    ended = failed + sum(measured.succeeded for measured in every)
    kinds = len({text for measured in every for text in measured.errors})
    of = f"of {ended:,} that ended"
    note = f"{share(failed / ended)} {of}; {kinds} kind{'' if kinds == 1 else 's'}" if failed else of
    return Figure(f"{failed:,}", "error" if failed == 1 else "errors", note, failed > 0)


def _unseen(every: list[RowMeasurements]) -> Figure:
    unseen, abandoned = sum(measured.unknown for measured in every), sum(measured.abandoned for measured in every)
    return Figure(
        f"{unseen:,}", "ended unseen", f"{abandoned:,} cut off, {unseen - abandoned:,} still open", unseen > 0
    )


def _kept(outcome: LoadOutcome) -> Figure:
    offered = outcome.offered
    if offered is None or offered.share is None:
        return Figure("—", "offered", "a closed loop has no schedule to keep")
    seconds = max(outcome.lasted_seconds, 1e-9)
    wanted, kept = offered.scheduled / seconds, (offered.begun - offered.late) / seconds
    never = offered.scheduled - offered.begun
    note = f"{kept:,.1f}/s of {wanted:,.1f}/s wanted; {offered.late:,} late, {never:,} never"
    return Figure(share(offered.share), "offered in time", note, offered.share < 1)


def _part(part: Part) -> dict[str, str]:
    mean, most = cores_of(part)
    return {
        "name": part.name,
        "mean": mean,
        "most": most,
        "memory": memory_of(part),
        "slots": slots_of(part),
        "pollers": pollers_of(part),
        "missed": answers_of(part),
    }


def _facts(outcome: LoadOutcome) -> list[tuple[str, str]]:
    facts = {
        "Locustfile": outcome.name,
        "Seed": str(outcome.seed),
        "Started": outcome.started_at,
        "Load lasted": duration(outcome.lasted_seconds),
        "Loop": "closed" if outcome.offered is None else "open",
        "Lag": lag_line(outcome.lag) if outcome.lag.count else "nobody measured how late it was",
    }
    return [*facts.items(), *((name, str(value)) for name, value in outcome.parameters.items())]
