"""A seed is one execution, byte for byte; what goes wrong in it is in its record, and what is broken by it is seen."""

from __future__ import annotations

import gc
from collections.abc import Coroutine, Generator
from typing import Any, NoReturn

import pytest

from harness.errors import UsageError
from harness.sim.kernel.choices import Drawn, Replayed
from harness.sim.kernel.swarm import CALM
from harness.simulate.bench import Bench, Project, open_bench
from harness.simulate.case import Case
from harness.simulate.outcome import outcome_of
from harness.simulate.testing_toy import ToyCompany
from harness.verdict import Verdict

TOY = Project("harness.simulate.testing_toy", "harness.simulate.testing_toy")
SEEDS = range(1, 30)


@pytest.fixture(scope="module")
def bench() -> Bench:
    return open_bench(TOY)


def careless(bench: Bench, seed: int) -> Case:
    return Case(bench.families[0], seed)


def careful(bench: Bench, seed: int) -> Case:
    return Case(bench.families[1], seed)


def test_nothing_is_broken_where_nothing_goes_wrong(bench: Bench) -> None:
    got = bench.run(careless(bench, 1), Drawn(1, CALM))

    assert got.verdict is Verdict.VALID
    assert [each.status for each in got.record.executions] == ["COMPLETED"] * 3
    assert [each.outcome for each in got.record.replays] == ["ok"] * 3
    assert {each.activity for each in got.record.attempts} == {"look", "pay"}
    assert got.record.faults == ()


def test_some_seed_breaks_the_careless_one_and_none_the_careful_one(bench: Bench) -> None:
    verdicts = {bench.run(careless(bench, seed)).verdict for seed in SEEDS}

    assert verdicts == {Verdict.VALID, Verdict.INVALID}
    assert {bench.run(careful(bench, seed)).verdict for seed in SEEDS} == {Verdict.VALID}


def test_a_seed_is_the_same_each_time_and_so_is_its_plan(bench: Bench) -> None:
    first = bench.run(careless(bench, 7))

    assert bench.run(careless(bench, 7)).digest == first.digest
    assert bench.run(careless(bench, 7), Replayed(first.plan)).digest == first.digest
    assert bench.run(careless(bench, 8)).digest != first.digest


def test_each_way_of_cutting_strikes_every_activity(bench: Bench) -> None:
    got = bench.run(Case(bench.families[1], 1, crash_every_task=True, cut="activity-lost-after"))

    assert got.verdict is Verdict.VALID
    assert sorted(note.place for note in got.notes) == [
        f"{name}/1 activity {activity} attempt 1 fault" for name in "abc" for activity in (1, 2)
    ]


def test_what_a_fault_struck_is_in_the_record(bench: Bench) -> None:
    got = bench.run(Case(bench.families[1], 1, cut="activity-fails-after"))

    assert len(got.record.faults) == 6
    for fault in got.record.faults:
        [strike] = fault.struck
        assert strike.kind == "worker"
        assert strike.until_seconds is not None
        # Until the next attempt, which comes after a second.
        assert 1.0 <= strike.until_seconds - strike.since_seconds < 1.5


def test_a_death_is_a_strike_on_its_worker(bench: Bench) -> None:
    got = bench.run(Case(bench.families[1], 1, cut="worker-dies-in-activity"))

    killed = [event.name for event in got.record.processes if event.event == "killed"]
    assert killed
    assert [strike.name for fault in got.record.faults for strike in fault.struck] == killed


class Leaves(Coroutine[Any, Any, None]):
    """Ends its process; one that is never begun is not warned of, as a plain coroutine is."""

    def __init__(self, *_given: object) -> None:
        pass

    def send(self, value: object) -> NoReturn:
        raise SystemExit(0)

    def throw(self, *error: Any) -> NoReturn:
        raise SystemExit(0)

    def close(self) -> None:
        pass

    def __await__(self) -> Generator[Any, Any, None]:
        yield self.send(None)


def test_code_that_would_end_the_process_ends_no_command_with_0(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(ToyCompany, "_pay", Leaves)

    with pytest.raises(UsageError, match=r"careful, seed 1: .*SystemExit: 0: simulated code ends its process"):
        bench.run(careful(bench, 1), Drawn(1, CALM))

    gc.collect()
    assert caplog.records == []  # what was under way says nothing when it is collected, wherever that may be


def test_a_company_that_comes_to_no_end_is_a_doubt_whatever_its_checks_say(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = bench.run(careful(bench, 1), Drawn(1, CALM))
    monkeypatch.setattr("harness.simulate.once.STEPS_AT_MOST", whole.steps - 1)

    cut_short = bench.run(careful(bench, 1), Drawn(1, CALM))

    assert whole.verdict is Verdict.VALID
    assert cut_short.results[0].verdict is Verdict.VALID
    assert cut_short.verdict is Verdict.UNKNOWN
    assert "came to no end" in outcome_of(cut_short).doubts["completeness"]
