"""What is left of a failure is what it takes, and nothing else."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from harness.errors import HarnessDefect, UsageError
from harness.sim.kernel.choices import Choices
from harness.sim.kernel.plan import LAG, Choice, Plan
from harness.simulate.bench import Bench, open_bench
from harness.simulate.binding import Family
from harness.simulate.case import Case
from harness.simulate.failure.shrink import shrink
from harness.simulate.failure.story import story_of
from harness.simulate.failure.testcase import case_for_pytest, name_of
from harness.simulate.once import Simulated
from harness.simulate.plan_file import PlanFile, read_plan
from harness.simulate.test_once import TOY
from harness.simulate.testing_toy import Toy, ToyWorkload
from harness.verdict import Verdict


@pytest.fixture(scope="module")
def bench() -> Bench:
    return open_bench(TOY)


@pytest.fixture(scope="module")
def small(bench: Bench) -> Simulated:
    return shrink(bench.run, failure(bench, bench.families[0]), seconds=20.0)[0]


@dataclass(frozen=True)
class MissingWorkload(ToyWorkload):
    """One that calls what is left out missing: a company with less in it is broken in a way of its own."""

    def describe(self) -> Mapping[str, Any]:
        return {"names": ["a", "b", "c"]}


@dataclass(frozen=True)
class Missing(Toy):
    def workload(self, seed: int, without: frozenset[str]) -> MissingWorkload:
        return MissingWorkload(without)


def failure(bench: Bench, family: Family) -> Simulated:
    """A company that pays twice, and of which much else can be left out."""
    cases = (Case(family, seed) for seed in range(1, 200))
    return next(got for got in map(bench.run, cases) if got.broken and len(got.plan.faults) > 2)


def findings(got: Simulated) -> list[tuple[str, str]]:
    return [(each.subject, each.message) for result in got.broken for each in result.findings]


def test_it_does_not_become_another_failure_of_the_same_check(bench: Bench) -> None:
    failed = failure(bench, Missing("missing", careful=False))
    subject, message = findings(failed)[0]
    assert message == "was paid for twice"
    nothing = bench.run(replace(failed.case, without=frozenset(f"start/{name}" for name in "bc") | {"a"}))
    assert [each.check for each in nothing.broken] == ["once"]

    small, _ = shrink(bench.run, failed, seconds=20.0)

    assert (subject, message) in findings(small)
    assert len(small.plan.faults) == 1
    assert {each.subject for each in small.record.operations} == {subject}


def test_what_the_harness_cannot_do_is_not_the_failure(bench: Bench) -> None:
    failed = failure(bench, bench.families[0])

    def defective(case: Case, choices: Choices) -> Simulated:
        if case.without:
            raise HarnessDefect("nobody can be left out")
        got = bench.run(case, choices)
        cut_short = replace(got.record, interrupted="the simulation came to no end")
        return got if len(got.plan.faults) == len(failed.plan.faults) else replace(got, record=cut_short)

    small, tried = shrink(defective, failed, seconds=20.0)

    assert tried > 2
    assert small.case.without == frozenset()
    assert small.plan.faults.keys() == failed.plan.faults.keys()


def test_one_fault_on_one_thing_is_left(small: Simulated) -> None:
    [choice] = small.plan.choices.values()
    [operation] = small.record.operations

    assert choice.kind in (
        "activity-fails-after",
        "activity-lost-after",
        "worker-dies-in-activity",
        "activity-slow-after",
    )
    assert {each.subject for each in small.record.attempts} == {operation.subject}
    assert small.verdict is Verdict.INVALID


def test_the_story_ends_with_what_was_broken(small: Simulated) -> None:
    told = story_of(small)

    [choice] = small.plan.choices.values()
    assert choice.kind in told
    assert told.splitlines()[-1].endswith("was paid for twice")


def test_its_plan_replays_exactly_from_a_file(bench: Bench, small: Simulated, tmp_path: Path) -> None:
    file = tmp_path / "plan.json"
    file.write_text(PlanFile.of(small.case, small.plan).to_json())

    read = read_plan(file)
    assert bench.run(read.case(bench.families), read.choices()).digest == small.digest


def test_its_test_is_a_test_that_names_the_plan(small: Simulated) -> None:
    text = case_for_pytest(small, "plan.json")

    compile(text, "test_it.py", "exec")
    assert f"def test_{name_of(small)}()" in text
    assert "with_name('plan.json')" in text


WHOLE = {"family": "x", "without": [], "crash_every_task": False, "cut": "", "plan": {"seed": 1, "choices": {}}}


@pytest.mark.parametrize(
    "changed",
    [{"without": "abc"}, {"without": 1}, {"crash_every_task": "false"}, {"cut": "in-two"}, {"plan": {}}, {"plan": []}],
    ids=str,
)
def test_what_is_nearly_a_plan_is_refused(changed: dict[str, object]) -> None:
    assert PlanFile.from_json(json.dumps(WHOLE)) == PlanFile("x", Plan(1))
    with pytest.raises(UsageError, match="no plan of"):
        PlanFile.from_json(json.dumps({**WHOLE, **changed}))


@pytest.mark.parametrize(
    "text", [b"", b"{}", b"[]", b"\xff\xfe{}", b"[" * 100_000], ids=["empty", "{}", "[]", "no text", "deep"]
)
def test_what_is_no_plan_is_refused(text: bytes, tmp_path: Path) -> None:
    file = tmp_path / "plan.json"
    file.write_bytes(text)
    with pytest.raises(UsageError, match="no plan of a simulation"):
        read_plan(file)


def test_a_plan_that_leaves_out_what_is_not_there_is_refused(bench: Bench, small: Simulated) -> None:
    read = PlanFile.of(small.case, small.plan)
    with pytest.raises(UsageError, match="is called start/zed, which the plan leaves out"):
        replace(read, without=read.without | {"start/zed"}).case(bench.families)


def test_a_plan_of_times_alone_tries_something_where_one_of_them_came() -> None:
    times = Plan(1, {"a": Choice(LAG, 5)})

    assert PlanFile("x", times).strikes_nothing(Plan(1))
    assert not PlanFile("x", times).strikes_nothing(times)
    assert not PlanFile("x", times, crash_every_task=True).strikes_nothing(Plan(1))
    assert not PlanFile("x", Plan(1)).strikes_nothing(Plan(1))


def test_a_plan_of_another_project_is_refused(bench: Bench, small: Simulated) -> None:
    other = PlanFile("meals", small.plan)

    with pytest.raises(UsageError, match="no family 'meals' can be simulated; there are careless, careful"):
        other.case(bench.families)
