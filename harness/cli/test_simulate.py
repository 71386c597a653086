"""`assay simulate` from outside: what keeps its promises is VALID, what does not is told, saved, and replayed."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from harness.cli.main import exit_code
from harness.simulate import testing_toy
from harness.simulate.again import broken_by

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


def test_cells_are_counted_and_all_pass(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert exit_code(["simulate", "careful", "--seeds", "1..2", "--crash-every-task", "--twice"]) == 0

    assert "16 of 16 cells passed (2 activities, each cut in 8 ways)" in capsys.readouterr().out


def test_a_project_that_names_nothing_to_simulate_is_told_what_to_add(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (project / "pyproject.toml").write_text(TABLE)

    assert exit_code(["simulate"]) == 2
    assert 'add simulated = "your.module"' in capsys.readouterr().err
    assert exit_code(["simulate", "--app", "toy_shop", "nothing"]) == 2
    assert "there are careless, careful" in capsys.readouterr().err
