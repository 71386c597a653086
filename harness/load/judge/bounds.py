"""What a threshold is, and how its text is read: ``completion.p99<5s``, ``errors<0.1%``, ``count>=1000``.

Data flow: options → **bounds** → ``thresholds`` judges them. An unknown name is an error before anything
runs, and all problems are told together.
"""

from __future__ import annotations

import math
import operator
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from harness.errors import UsageError
from harness.load.measure.measurements import Kind

DURATION, SHARE, COUNT, RATE = "duration", "share", "count", "rate"

METRICS = {
    **dict.fromkeys(("p50", "p75", "p90", "p95", "p99", "p99.9", "max"), DURATION),
    **dict.fromkeys(("errors", "abandoned", "offered"), SHARE),
    "count": COUNT,
    "rate": RATE,
}
"""What can be asked for, and what it is measured in. ``count`` and ``rate`` are of successes."""

UNITS = {
    DURATION: {"us": 1e-6, "ms": 1e-3, "s": 1.0, "m": 60.0},
    SHARE: {"%": 0.01},
    COUNT: {"": 1.0},
    RATE: {"/s": 1.0},
}

SIGNS: dict[str, Callable[[float, float], bool]] = {
    "<=": operator.le,
    ">=": operator.ge,
    "<": operator.lt,
    ">": operator.gt,
}

_FORM = re.compile(
    r"(?:(?P<kind>[a-z-]+)(?:\[(?P<name>[^\]]+)\])?\.)?(?P<metric>[a-z]+[0-9.]*)"
    r"\s*(?P<sign><=|>=|<|>)\s*(?P<number>[0-9]+(?:\.[0-9]+)?)\s*(?P<unit>[a-z/%]*)"
)

IMPLIED = ("count>=1", "errors<1%", "offered>=98%")
"""Judged when no threshold on the same metric of the whole run is given: no run is green that did nothing, that failed,
or whose generator could not keep up."""


@dataclass(frozen=True)
class Threshold:
    """One bound. ``kind`` and ``name`` say of which rows: of all of that kind, or of all when there is no kind.

    ``limit`` is in seconds, a share of 1, a count, or a rate per second.
    """

    text: str
    metric: str
    sign: str
    limit: float
    kind: Kind | None = None
    name: str | None = None
    implied: bool = False

    @property
    def measure(self) -> str:
        """What the metric is measured in: a duration, a share, a count or a rate."""
        return METRICS[self.metric]

    def met(self, value: float) -> bool:
        """Whether the value keeps within the bound."""
        return SIGNS[self.sign](value, self.limit)


def parse_thresholds(texts: Iterable[str], *, open_loop: bool = True) -> tuple[Threshold, ...]:
    """Read what was asked for, and add what is implied where nothing was asked (``IMPLIED``).

    :param texts: one threshold each, or several with commas between them.
    :param open_loop: without a schedule nothing is offered: asking for it is an error, and it is not implied.
    :raises UsageError: with every text that is no threshold, and what it could be.
    """
    asked, problems = [], []
    for text in (part.strip() for whole in texts for part in whole.split(",")):
        try:
            if text:
                asked.append(_parsed(text, open_loop))
        except UsageError as problem:
            problems.append(str(problem))
    if problems:
        raise UsageError("\n".join(problems))
    whole_run = {threshold.metric for threshold in asked if threshold.kind is None}
    for text in IMPLIED:
        threshold = _parsed(text, True, implied=True)
        if threshold.metric not in whole_run and (open_loop or threshold.metric != "offered"):
            asked.append(threshold)
    return tuple(asked)


def _parsed(text: str, open_loop: bool, *, implied: bool = False) -> Threshold:
    form = _FORM.fullmatch(text)
    if form is None:
        raise UsageError(f"threshold {text!r} is not of the form completion.p99<5s, errors<0.1% or count>=1000")
    kind = _kind(text, form["kind"])
    metric, sign = form["metric"], form["sign"]
    if metric not in METRICS:
        raise UsageError(f"threshold {text!r}: there is no metric {metric!r}; there are {', '.join(METRICS)}")
    measure = METRICS[metric]
    if measure == DURATION and kind is None:
        raise UsageError(f"threshold {text!r}: {metric} of what? Say it as in completion.{text}")
    if metric == "offered" and kind is not None:
        raise UsageError(f"threshold {text!r}: what is offered is of the whole run; write offered{sign}...")
    if metric == "offered" and not open_loop:
        raise UsageError(f"threshold {text!r}: a closed loop has no schedule; with --arrivals there is one to keep")
    factor = UNITS[measure].get(form["unit"])
    if factor is None:
        units = " or ".join(filter(None, UNITS[measure])) or "no unit"
        raise UsageError(f"threshold {text!r}: a {measure} has {units}, not {form['unit']!r}")
    # Rounded, because 0.1 * 0.01 is a little more than 0.001 to a computer.
    limit = round(float(form["number"]) * factor, 12)
    if not math.isfinite(limit):
        raise UsageError(f"threshold {text!r}: the limit is too large")
    return Threshold(text, metric, sign, limit, kind, form["name"], implied)


def _kind(text: str, word: str | None) -> Kind | None:
    if word is None:
        return None
    try:
        return Kind(word)
    except ValueError:
        kinds = ", ".join(kind.value for kind in Kind)
        raise UsageError(f"threshold {text!r}: there is no row {word!r}; there are {kinds}") from None
