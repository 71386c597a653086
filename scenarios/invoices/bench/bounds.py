"""What judging is held to, and the lines that say so. Pure: the numbers come in, the judgement goes out."""

from __future__ import annotations

from collections.abc import Sequence

from harness.load.bench.bounds import Bound
from scenarios.invoices.bench.measure import Measured

MOST_GROWTH = 1.3
MOST_SECONDS = 60.0
MOST_BYTES = 2 * 1024**3
MOST_PAGE_BYTES = 1024**2


def bounds(measured: Sequence[Measured]) -> tuple[Bound, ...]:
    """The bounds on the largest record, and on how much more an effect costs there than in the next smaller one.

    :param measured: at least one, the smallest record first.
    """
    largest = measured[-1]
    found = [
        Bound("all checks and the report", largest.judging_seconds, MOST_SECONDS, False, _seconds),
        Bound("most memory", largest.peak_bytes, MOST_BYTES, False, _mebibytes),
        Bound("the page", largest.report_bytes, MOST_PAGE_BYTES, False, _mebibytes),
        Bound("checks that are not VALID", sum(len(each.faults_found) for each in measured), 0, False, _whole),
    ]
    if len(measured) > 1:
        growth = largest.cpu_per_effect / measured[-2].cpu_per_effect
        found.insert(0, Bound("processor time per effect", growth, MOST_GROWTH, False, _times))
    return tuple(found)


def table(measured: Sequence[Measured]) -> list[str]:
    """A line for each step: seconds on the clock, and microseconds per effect, of each record."""
    head = f"    {'':<22}" + "".join(f"{f'{each.effects:,} effects':>26}" for each in measured)
    lines = [head]
    for place, step in enumerate(measured[0].steps):
        cells = (_cell(each.steps[place].seconds, each.effects) for each in measured)
        lines.append(f"    {step.name:<22}{''.join(cells)}")
    totals = (_cell(sum(step.seconds for step in each.steps), each.effects) for each in measured)
    memory = (f"{_mebibytes(each.peak_bytes):>26}" for each in measured)
    pages = (f"{_mebibytes(each.report_bytes):>26}" for each in measured)
    return [
        *lines,
        f"    {'all together':<22}{''.join(totals)}",
        f"    {'most memory':<22}{''.join(memory)}",
        f"    {'the page':<22}{''.join(pages)}",
    ]


def _cell(seconds: float, effects: int) -> str:
    return f"{f'{seconds:.2f} s  {seconds / effects * 1e6:,.0f} µs each':>26}"


def _seconds(value: float) -> str:
    return f"{value:.1f} s"


def _mebibytes(value: float) -> str:
    return f"{value / 1024**2:,.1f} MiB"


def _times(value: float) -> str:
    return f"{value:.2f} ×"


def _whole(value: float) -> str:
    return f"{value:,.0f}"
