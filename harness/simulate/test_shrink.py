"""What is left of a failure is what it takes, and nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.errors import UsageError
from harness.simulate.bench import Bench, open_bench
from harness.simulate.once import Case, Simulated
from harness.simulate.plan_file import PlanFile, read_plan
from harness.simulate.shrink import shrink
from harness.simulate.story import story_of
from harness.simulate.test_once import TOY
from harness.simulate.testcase import case_for_pytest, name_of
from harness.verdict import Verdict


@pytest.fixture(scope="module")
def bench() -> Bench:
    return open_bench(TOY)


@pytest.fixture(scope="module")
def small(bench: Bench) -> Simulated:
    cases = (Case(bench.families[0], seed) for seed in range(1, 100))
    failed = next(got for got in map(bench.run, cases) if got.broken and len(got.plan.faults) > 2)
    return shrink(bench.run, failed, seconds=20.0)[0]


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


@pytest.mark.parametrize("text", ["", "{}", '{"family": "x", "without": 1}'])
def test_what_is_no_plan_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="no plan of a simulation"):
        PlanFile.from_json(text)


def test_a_plan_of_another_project_is_refused(bench: Bench, small: Simulated) -> None:
    other = PlanFile("meals", small.plan)

    with pytest.raises(UsageError, match="no family 'meals' can be simulated; there are careless, careful"):
        other.case(bench.families)
