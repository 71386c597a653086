"""How the numbers of a load test are written: one way in table, thresholds and report."""

from __future__ import annotations

import math

NOTHING = "—"


def duration(seconds: float | None) -> str:
    """Three significant digits with a fitting unit: ``870 µs``, ``12.3 ms``, ``1.52 s``, ``315 s``."""
    if seconds is None:
        return NOTHING
    if math.isinf(seconds):
        return "unknown"
    for factor, unit in ((1e6, "µs"), (1e3, "ms")):
        if seconds * factor < 999.5:
            return f"{_three_digits(seconds * factor)} {unit}"
    return f"{_three_digits(seconds)} s"


def share(part: float) -> str:
    """A share of 1 in percent. What is not all never reads 100 %, and what is something never 0 %."""
    text = f"{part * 100:.2f}".rstrip("0").rstrip(".")
    if part > 0 and text == "0":
        return "<0.01 %"
    return ">99.99 %" if part < 1 and text == "100" else f"{text} %"


def shown(measure: str, value: float) -> str:
    """A value in the words of its measure: a duration, a share, a count or a rate."""
    if measure == "duration":
        return duration(value)
    if measure == "share":
        return share(value)
    return f"{value:,.0f}" if measure == "count" else f"{value:,.1f}/s"


def _three_digits(value: float) -> str:
    digits = 0 if value >= 99.95 else 1 if value >= 9.995 else 2
    return f"{value:,.{digits}f}"
