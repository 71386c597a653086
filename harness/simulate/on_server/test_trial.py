"""A plan that breaks the toy in the simulator breaks it on a dev server, by the same check; what is careful holds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from harness.sim.kernel.plan import LAG, Choice, Plan
from harness.sim.kernel.timeline import SECOND
from harness.simulate.bench import Bench, open_bench
from harness.simulate.case import Judged
from harness.simulate.on_server.carried import left_behind
from harness.simulate.on_server.trial import try_on_server
from harness.simulate.plan_file import PlanFile
from harness.simulate.test_once import TOY
from harness.verdict import Verdict

LOST, LOOKS = "a/1 activity 2 attempt 1 fault", "b/1 activity 1 attempt 1 fault"
PLAN = Plan(
    1,
    {
        LOST: Choice("activity-lost-after"),
        LOOKS: Choice("activity-fails-before"),
        "b/1 activity 2 attempt 1 fault": Choice("activity-slow-before", SECOND // 5),
        "b/1 activity 2 attempt 2 fault": Choice("activity-fails-after"),
    },
)


@pytest.fixture(scope="module")
def bench() -> Bench:
    return open_bench(TOY)


def tried(bench: Bench, family: str, plan: Plan) -> Judged:
    file = PlanFile(family, plan)
    return try_on_server(bench.app, file.case(bench.families), file.choices())


def told(got: Judged) -> Sequence[tuple[str, int, str, str | None]]:
    return sorted((each.workflow_id, each.attempt, each.activity, each.outcome) for each in got.record.attempts)


def test_what_the_simulator_breaks_breaks_on_a_server_and_by_the_same_attempts(bench: Bench) -> None:
    file = PlanFile("careless", PLAN)
    simulated = bench.run(file.case(bench.families), file.choices())
    got = tried(bench, "careless", PLAN)

    assert [each.check for each in simulated.broken] == [each.check for each in got.broken] == ["once"]
    assert [[each.subject for each in result.findings] for result in got.broken] == [["a"]]
    assert told(got) == told(simulated)
    assert set(got.plan.faults) == set(simulated.plan.faults) == {LOST, LOOKS, "b/1 activity 2 attempt 1 fault"}
    assert [each.kind for each in got.record.faults] == [each.kind for each in simulated.record.faults]
    assert [each.outcome for each in got.record.replays] == ["ok"] * 3


def test_a_careful_one_holds_and_what_is_lost_is_lost_until_its_time_is_over(bench: Bench) -> None:
    got = tried(bench, "careful", Plan(1, {LOST: PLAN.choices[LOST]}))

    assert got.verdict is Verdict.VALID
    [lost] = [each for each in got.record.faults if each.kind == "activity-lost-after"]
    [strike] = lost.struck
    # The heartbeat time-out of five seconds, and the first interval of retries; not the thirty it may take in all.
    assert strike.until_seconds is not None
    assert 5.0 <= strike.until_seconds - strike.since_seconds < 30.0


@pytest.mark.parametrize(
    ("choice", "said"),
    [
        (Choice("worker-dies-in-activity", SECOND), f"worker-dies-in-activity at {LOST}"),
        (Choice("cache-lost"), f"cache-lost at {LOST}"),
        (Choice(LAG, SECOND), f"a message takes its time: {LOST}"),
    ],
)
def test_what_cannot_be_had_on_a_server_is_named(choice: Choice, said: str) -> None:
    file = PlanFile("careless", Plan(1, {LOST: choice, LOOKS: PLAN.choices[LOOKS]}))

    assert left_behind(file, ()) == [said]
    assert left_behind(replace(file, crash_every_task=True), ())[0] == "every workflow is rebuilt after every task"
    assert left_behind(PlanFile("careless", PLAN), ()) == []
