"""Hand-made load runs for the tests of table and report: constructors with defaults, and one realistic seeded run."""

from __future__ import annotations

import random
from dataclasses import replace
from typing import Any

from harness.load.inside.seen import inside_of
from harness.load.inside.testing_readings import broken_readings
from harness.load.judge.outcome import LoadOutcome
from harness.load.judge.thresholds import judge, parse_thresholds
from harness.load.judge.verdict import Counted, conclude
from harness.load.measure.measurements import Kind, Measurements, Row
from harness.load.measure.offered import Offered
from harness.report.charts.svg import Band

STARTED = Row(Kind.START, "InvoiceProcessing")
DONE = Row(Kind.COMPLETION, "InvoiceProcessing")
PAID = Row(Kind.UPDATE, "payment")
ASKED = Row(Kind.QUERY, "status")

PAUSED_FROM, PAUSED_UNTIL = 25.0, 40.0
HOSTILE = "<script>alert(1)</script> \x1b[31m ‮ refused"


def outcome_of(
    measurements: Measurements,
    *thresholds: str,
    offered: Offered | None = None,
    counted: tuple[Counted, ...] = (),
    **changes: Any,
) -> LoadOutcome:
    """A run of the locustfile ``invoices`` that measured this, judged by these thresholds."""
    judged = judge(parse_thresholds(thresholds, open_loop=offered is not None), measurements, offered)
    made = LoadOutcome(
        name="invoices",
        command="locust -f load/invoices.py --headless -u 50 -t 60s",
        seed=42,
        started_at="2026-11-25T03:00:00Z",
        lasted_seconds=60.0,
        measurements=measurements,
        judged=judged,
        conclusion=conclude(judged, measurements, counted=counted),
        offered=offered,
        counted=counted,
        parameters={"arrivals": "poisson", "rate per second": "20"},
    )
    return replace(made, **changes)


def paused_run(rate_per_second: float = 20.0, lasted_seconds: float = 60.0) -> Measurements:
    """An open run whose workers stand still from 25 s to 40 s: what waits is done afterwards, at twice the rate."""
    draw, measurements = random.Random(1), Measurements(origin_seconds=0.0)
    free_at = 0.0
    for place in range(int(rate_per_second * lasted_seconds)):
        at = place / rate_per_second
        call = 0.004 + draw.expovariate(400)
        measurements.began(STARTED)
        measurements.ended(STARTED, began_seconds=at, ended_seconds=at + call, intended_seconds=at)
        measurements.began(DONE)
        begun = max(at, free_at)
        if PAUSED_FROM <= begun < PAUSED_UNTIL:
            begun = PAUSED_UNTIL
        free_at = begun + 0.5 / rate_per_second if begun > at else at
        ended = begun + 0.15 + draw.expovariate(12)
        measurements.ended(DONE, began_seconds=at + call, ended_seconds=ended, intended_seconds=at)
        if place % 4 == 0:
            error = HOSTILE if PAUSED_FROM <= at < PAUSED_UNTIL and place % 40 == 0 else None
            measurements.began(PAID)
            measurements.ended(
                PAID, began_seconds=ended, ended_seconds=ended + 0.02, intended_seconds=ended, error=error
            )
            measurements.began(ASKED)
    return measurements


def paused_outcome(**changes: Any) -> LoadOutcome:
    """The paused run with everything on its page: a broken threshold, errors, a fault's window, the server's counts."""
    counted = (Counted("workflows started", 1_200, 1_200), Counted("workflows completed", 1_200, 1_199))
    given: dict[str, Any] = {
        "offered": Offered(scheduled=1_200, begun=1_200, late=7),
        "counted": counted,
        "inside": replace(inside_of(broken_readings(), 75.0), silent={"history-2": HOSTILE}),
        "bands": (Band(1, "worker-pause: all workers stand still", PAUSED_FROM, PAUSED_UNTIL),),
    }
    thresholds = ("completion.p99<5s", "start.p99<100ms", "errors<0.1%", "offered>=98%", "count>=1000")
    return outcome_of(paused_run(), *thresholds, **{**given, **changes})


def closed_outcome() -> LoadOutcome:
    """Ten users that ask once a second and are all kept waiting once, for 15 s: raw hardly shows it."""
    measurements, now = Measurements(origin_seconds=0.0, clock=lambda: now[0]), [0.0]
    for place in range(1_200):
        waited = 15.0 if 600 <= place < 610 else 0.1 + place % 7 / 100
        now[0] = place / 20 + (15.0 if place >= 600 else 0.0)
        measurements.began(DONE)
        measurements.ended_closed(DONE, took_seconds=waited, expected_interval_seconds=1.0)
    return outcome_of(measurements, "completion.p99<10s", lasted_seconds=75.0)
