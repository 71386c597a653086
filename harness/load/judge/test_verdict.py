"""The verdict of a load test: green needs something that succeeded, everything met, and a run to its end."""

from __future__ import annotations

import pytest

from harness.load.judge.test_thresholds import measured
from harness.load.judge.thresholds import judge, parse_thresholds
from harness.load.judge.verdict import Conclusion, Counted, conclude
from harness.load.measure.measurements import Measurements
from harness.load.measure.offered import Offered
from harness.verdict import Verdict

KEPT = Offered(scheduled=100, begun=100, late=0)


def concluded(
    *thresholds: str,
    measurements: Measurements | None = None,
    offered: Offered | None = KEPT,
    interrupted: str | None = None,
    counted: tuple[Counted, ...] = (),
    doubts: tuple[str, ...] = (),
) -> Conclusion:
    measurements = measured(100) if measurements is None else measurements
    judged = judge(parse_thresholds(thresholds, open_loop=offered is not None), measurements, offered)
    return conclude(judged, measurements, interrupted=interrupted, counted=counted, doubts=doubts)


def test_a_run_that_met_everything_is_valid() -> None:
    conclusion = concluded("completion.p99<5s", counted=(Counted("workflows started", 100, 100),))
    assert conclusion == Conclusion(Verdict.VALID)
    assert conclusion.exit_code == 0


@pytest.mark.parametrize("offered", [KEPT, Offered(), None])
def test_nothing_executed_is_never_green(offered: Offered | None) -> None:
    for thresholds in ((), ("count>=0",), ("errors<100%", "count>=0", "completion.p99<5s")):
        conclusion = concluded(*thresholds, measurements=Measurements(), offered=offered)
        assert (conclusion.verdict, conclusion.exit_code) == (Verdict.UNKNOWN, 4)
        assert conclusion.reasons[0] == "nothing was executed"


def test_only_killed_users_are_never_green() -> None:
    for thresholds in ((), ("count>=0", "errors<=100%")):
        conclusion = concluded(*thresholds, measurements=measured(unseen=20))
        assert conclusion.verdict is Verdict.UNKNOWN
        assert conclusion.reasons[0] == "nothing succeeded"


def test_a_broken_threshold_is_invalid_whatever_else_is_doubtful() -> None:
    conclusion = concluded("completion.p99<500ms", interrupted="Ctrl-C", doubts=("a process died",))
    assert (conclusion.verdict, conclusion.exit_code) == (Verdict.INVALID, 1)
    assert conclusion.reasons == (
        "completion.p99<500ms is broken: 1.00 s",
        "the run was interrupted: Ctrl-C",
        "a process died",
    )


def test_all_that_failed_is_invalid_without_being_asked() -> None:
    conclusion = concluded(measurements=measured(failed=9))
    assert conclusion.verdict is Verdict.INVALID
    assert "errors<1% is broken: 100 %" in conclusion.reasons


@pytest.mark.parametrize(
    ("doubtful", "reason"),
    [
        ({"interrupted": "Ctrl-C"}, "the run was interrupted: Ctrl-C"),
        ({"counted": (Counted("workflows started", 100, 101),)}, "we count 100 workflows started, the server 101"),
        ({"doubts": ("a process died",)}, "a process died"),
        ({"offered": Offered(100, 90, 0)}, "offered>=98% is not shown: 90 %; the generator was the bottleneck"),
    ],
)
def test_a_run_that_proves_nothing_is_unknown(doubtful: dict[str, object], reason: str) -> None:
    conclusion = concluded(**doubtful)  # type: ignore[arg-type]
    assert (conclusion.verdict, conclusion.exit_code) == (Verdict.UNKNOWN, 4)
    assert conclusion.reasons[0].startswith(reason)


def test_no_threshold_at_all_proves_nothing() -> None:
    assert conclude((), measured(5)).verdict is Verdict.UNKNOWN
