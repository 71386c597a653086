"""`assay simulate` from outside: what keeps its promises is VALID, what does not is told, saved, and replayed."""

from __future__ import annotations

import difflib
import sys
from pathlib import Path

import pytest

from harness.cli import simulated
from harness.cli.main import exit_code
from harness.cli.simulate import Tried, campaign_of
from harness.cli.simulated import show_failures
from harness.config import load_config
from harness.sim.kernel.plan import Choice, Plan
from harness.simulate import testing_toy
from harness.simulate.again import broken_by
from harness.simulate.bench import open_bench, project_of
from harness.simulate.campaign import Job
from harness.simulate.plan_file import PlanFile

TABLE = '[tool.assay]\napp = "toy_shop"\nscenarios = "claims"\n'
SIMULATED = 'simulated = "toy_shop"\n'


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of a project whose application is the toy, made the current one."""
    (tmp_path / "toy_shop.py").write_text(Path(testing_toy.__file__).read_text())
    (tmp_path / "pyproject.toml").write_text(TABLE + SIMULATED)
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "toy_shop", raising=False)
    return tmp_path


def test_a_careful_application_is_valid_and_nothing_is_left(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert exit_code(["simulate", "careful", "--seeds", "1..24", "--processes", "1"]) == 0

    assert "VALID: 0 of 24 broke a promise, 0 could not be judged" in capsys.readouterr().out
    assert list((project / "runs" / "simulate").iterdir()) == []


def test_a_failure_is_told_and_saved_as_a_plan_and_a_test(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert exit_code(["simulate", "careless", "--seeds", "1..24", "--processes", "1"]) == 1

    told = capsys.readouterr().out
    assert "was paid for twice" in told
    [plan, *_] = sorted((project / "runs" / "simulate").glob("*.json"))
    assert f"assay simulate --plan {plan}" in told
    assert plan.with_name(f"test_{plan.stem}.py").is_file()
    assert exit_code(["simulate", "--plan", str(plan)]) == 1
    assert set(broken_by(plan)) == {"once"}


def test_a_plan_that_strikes_nothing_is_no_evidence(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    plan = Plan(1, {"a/1 activity 77 attempt 1 fault": Choice("activity-fails-after")})
    (project / "plan.json").write_text(PlanFile("careful", plan).to_json())

    assert exit_code(["simulate", "--plan", "plan.json"]) == 4
    told = capsys.readouterr().out
    assert "did not come to pass: activity-fails-after at a/1 activity 77 attempt 1 fault" in told
    assert "UNKNOWN: none of its faults came to pass" in told
    with pytest.raises(AssertionError, match="none of its faults came to pass, so nothing was tried"):
        broken_by(project / "plan.json")


def test_a_plan_that_cannot_be_judged_is_no_evidence(project: Path) -> None:
    nobody = PlanFile("careful", Plan(1), without=frozenset("abc"))
    (project / "plan.json").write_text(nobody.to_json())

    with pytest.raises(AssertionError, match="could not be judged: "):
        broken_by(project / "plan.json")


MANY = [["careful"], ["--seeds", "1..9"], ["--twice"], ["--crash-every-task"], ["--shard", "1/2"], ["--processes", "1"]]


@pytest.mark.parametrize("many", MANY)
def test_a_plan_goes_with_nothing_that_is_for_many(
    project: Path, capsys: pytest.CaptureFixture[str], many: list[str]
) -> None:
    assert exit_code(["simulate", "--plan", "plan.json", *many]) == 2
    assert "--plan FILE is one company with its faults" in capsys.readouterr().err


def test_a_plan_that_a_server_cannot_have_is_not_tried_there(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    plan = Plan(1, {"a/1 task 1 fault": Choice("worker-dies-after-task")})
    (project / "plan.json").write_text(PlanFile("careless", plan).to_json())

    assert exit_code(["simulate", "--plan", "plan.json", "--on", "dev"]) == 4
    assert "worker-dies-after-task at a/1 task 1 fault" in capsys.readouterr().out
    assert exit_code(["simulate", "--on", "dev"]) == 2
    assert "name it with --plan FILE" in capsys.readouterr().err


def test_a_plan_is_tried_on_a_server_and_what_breaks_there_is_told(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    plan = Plan(1, {"a/1 activity 2 attempt 1 fault": Choice("activity-fails-after")})
    (project / "plan.json").write_text(PlanFile("careless", plan, frozenset("bc")).to_json())

    assert exit_code(["simulate", "--plan", "plan.json", "--on", "dev"]) == 1
    told = capsys.readouterr().out
    assert "a: was paid for twice" in told
    assert told.splitlines()[-1].endswith("broken: once; the same as simulated: once")


def test_a_plan_that_strikes_nothing_is_no_evidence_on_a_server_either(
    project: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the simulator stands in for the server."""
    plan = Plan(1, {"a/1 activity 77 attempt 1 fault": Choice("activity-fails-after")})
    (project / "plan.json").write_text(PlanFile("careful", plan).to_json())
    bench = open_bench(project_of(load_config(project), None))
    monkeypatch.setattr(simulated, "try_on_server", lambda _app, case, choices: bench.run(case, choices))

    assert exit_code(["simulate", "--plan", "plan.json", "--on", "dev"]) == 4
    assert "did not come to pass: activity-fails-after at a/1 activity 77" in capsys.readouterr().out


def test_a_broken_version_is_simulated_and_told_with_its_name(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (project / "mutants").mkdir()
    (project / "mutants" / "forgetful.patch").write_text(_forgetful((project / "toy_shop.py").read_text()))
    (project / "pyproject.toml").write_text(TABLE + SIMULATED + 'mutants = "mutants"\n')

    assert exit_code(["simulate", "careful", "--mutant", "forgetful", "--seeds", "1..24", "--processes", "1"]) == 1
    assert "again: assay simulate --mutant forgetful --plan" in capsys.readouterr().out
    assert exit_code(["simulate", "--mutant", "forgetful", "--app", "toy_shop"]) == 2


def _forgetful(text: str) -> str:
    """A patch with which nobody looks whether it is paid."""
    known = "if self.careful and name in self.paid:"
    forgotten = text.replace(known, "if False:")
    header = "promise: each is paid for once\ncaught-by: once\nclaim: none\n\n"
    lines = difflib.unified_diff(
        text.splitlines(keepends=True), forgotten.splitlines(keepends=True), "a/toy_shop.py", "b/toy_shop.py"
    )
    return header + "".join(lines)


def test_cells_are_counted_and_all_pass(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert exit_code(["simulate", "careful", "--seeds", "1..2", "--crash-every-task", "--twice"]) == 0

    assert "16 of 16 cells passed (2 activities, each cut in 8 ways)" in capsys.readouterr().out


def test_a_failure_that_does_not_come_again_is_named_and_has_no_plan(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """As where the order of a set decides: it is another one in each process."""
    bench = open_bench(project_of(load_config(project)))

    show_failures(bench, [Job("careful", 3, "beats-lost")], project / "runs")

    told = capsys.readouterr().out
    assert "careful seed 3 beats-lost: broken where it was simulated, and not when it was simulated again" in told
    assert "PYTHONHASHSEED" in told
    assert not (project / "runs").exists()


@pytest.mark.parametrize("changed", ["toy_shop.py", "claims/test_orders.py"])
def test_what_was_simulated_is_not_taken_over_once_it_would_be_judged_by_other_code(
    project: Path, changed: str
) -> None:
    (project / "claims").mkdir()
    (project / "claims" / "test_orders.py").touch()
    config = load_config(project)
    tried, jobs = Tried(config, project_of(config), project, None), [Job("careful", 1)]
    before = campaign_of(tried, jobs)

    assert campaign_of(tried, jobs) == before
    assert campaign_of(tried, [Job("careless", 1)]) != before
    (project / changed).write_text((project / changed).read_text() + "# another check")
    assert campaign_of(tried, jobs) != before


@pytest.mark.parametrize("arguments", [(), ("--app", "toy_shop")])
def test_an_application_may_offer_its_families_itself(
    project: Path, arguments: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    (project / "pyproject.toml").write_text(TABLE)

    assert exit_code(["simulate", *arguments, "nothing"]) == 2
    assert "there are careless, careful" in capsys.readouterr().err


def test_who_offers_no_families_needs_claims(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (project / "plain_shop.py").write_text("from toy_shop import app as app\n")
    (project / "no_claims").mkdir()
    (project / "no_claims" / "__init__.py").touch()
    (project / "pyproject.toml").write_text(TABLE.replace('"claims"', '"no_claims"'))

    assert exit_code(["simulate", "--app", "plain_shop"]) == 2
    assert "no_claims has no claim to simulate" in capsys.readouterr().err
