"""Generated changes of a small application are tried in processes of their own; what is no one's fault counts apart."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from harness.mutants.budget import Budget
from harness.mutants.generated.engine import SimulatorEngine
from harness.mutants.generated.generated import Generated
from harness.mutants.generated.patch import diff_of
from harness.mutants.generated.trial import End
from harness.simulate import testing_toy
from harness.simulate.bench import Project

TOY = Path(testing_toy.__file__).read_text()
PAY = "        self.paid.add(name)\n"
RUN = '        await workflow.execute_activity("look", start_to_close_timeout=timedelta(seconds=30))\n'


def engine_for(folder: Path) -> SimulatorEngine:
    (folder / "toy_shop.py").write_text(TOY)
    budget = Budget(executions=40, seconds=600)
    return SimulatorEngine(Project("toy_shop", "toy_shop"), folder, ["careless", "careful"], budget)


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SimulatorEngine]:
    """For the toy, whose careless family is INVALID as it is wherever an attempt is lost."""
    with engine_for(tmp_path_factory.mktemp("toy")) as engine:
        yield engine


def changed(before: str, after: str) -> Generated:
    assert TOY.count(before) == 1
    diff = diff_of("toy_shop.py", TOY, TOY.replace(before, after))
    return Generated("changed", "toy_shop.py", "toy_shop", "run", "order", 1, diff)


def test_what_only_the_mutant_breaks_kills_it(engine: SimulatorEngine) -> None:
    outcome = engine.try_one(changed(PAY, ""))

    assert (outcome.end, outcome.check) == (End.KILLED, "once")
    assert "careful" in outcome.told


def test_what_is_broken_anyway_kills_nothing(engine: SimulatorEngine) -> None:
    outcome = engine.try_one(changed(PAY, PAY + "        self.paid.add(name)\n"))

    assert outcome.end is End.SURVIVED
    assert outcome.executions >= 40


@pytest.mark.parametrize("after", ["1 / 0\n" + RUN, "        1 / 0\n" + RUN], ids=["import", "workflow"])
def test_what_cannot_be_imported_or_lets_no_workflow_live_is_stillborn(engine: SimulatorEngine, after: str) -> None:
    assert engine.try_one(changed(RUN, after)).end is End.STILLBORN


def test_who_does_not_answer_in_time_is_ended(engine: SimulatorEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("harness.mutants.generated.engine.PATIENCE_SECONDS", 0.01)

    outcome = engine.try_one(changed(PAY, ""))

    assert (outcome.end, outcome.told) == (End.TIMED_OUT, "where nothing goes wrong: no answer within 0 s")


def test_the_lines_that_a_calm_company_reaches(engine: SimulatorEngine) -> None:
    reached = {line for _, line in engine.reached(1)}

    lines = TOY.splitlines()
    assert lines.index(RUN.removesuffix("\n")) + 1 in reached
    assert lines.index("            return") + 1 not in reached  # who pays again is careful


def test_once_it_is_closed_nothing_begins(tmp_path: Path) -> None:
    engine = engine_for(tmp_path)
    engine.close()

    assert engine.try_one(changed(PAY, "")).told == "where nothing goes wrong: it was ended"
