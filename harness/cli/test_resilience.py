"""`assay resilience` from outside: which directories it takes, and where it writes."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import pytest

from harness.cli.main import exit_code
from harness.cli.testing_project import write_project
from harness.record.testing_records import run_info


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    made = write_project(tmp_path)
    monkeypatch.chdir(made)
    monkeypatch.syspath_prepend(str(made))
    return made


def run_directory(folder: Path, run_id: str, claim: str = "orders") -> Path:
    """A run that went no further than its beginning."""
    (folder / "journal").mkdir(parents=True)
    (folder / "run.json").write_text(json.dumps(dataclasses.asdict(run_info(run_id=run_id, claim=claim))))
    return folder


def test_no_runs_are_a_wrong_command(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert exit_code(["resilience"]) == 2
    assert "name the run directories" in capsys.readouterr().err


def test_a_directory_that_is_no_run_is_refused(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    good = run_directory(project / "runs" / "a", "a")
    assert exit_code(["resilience", str(good), str(project)]) == 2
    assert f"{project} is not a run directory" in capsys.readouterr().err


def test_a_run_that_proves_nothing_is_shown_as_such(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run_directory(project / "runs" / "a", "a")
    assert exit_code(["resilience", "runs/a"]) == 0
    assert "| 1 | orders | 42 | dev | UNKNOWN |" in capsys.readouterr().out


def test_latest_is_one_of_the_others_and_a_copy_is_refused(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run_directory(project / "runs" / "a", "a")
    (project / "runs" / "latest").symlink_to("a")
    assert exit_code(["resilience", "runs/a", "runs/latest", "--out", "table.md"]) == 0
    page = (project / "table.md").read_text()
    assert page.count("| orders |") == 1
    run_directory(project / "copy", "a")
    assert exit_code(["resilience", "runs/a", "copy", "--out", "table.md"]) == 2
    assert "is a copy of another of these runs (a)" in capsys.readouterr().err
    assert (project / "table.md").read_text() == page


def test_a_run_that_nobody_sealed_proves_nothing_whatever_its_claim(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run_directory(project / "runs" / "a", "a", claim="forgotten")
    assert exit_code(["resilience", "runs/a"]) == 0
    assert "| 1 | forgotten | 42 | dev | UNKNOWN |" in capsys.readouterr().out


def test_a_place_that_cannot_be_written_is_named(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run_directory(project / "runs" / "a", "a")
    assert exit_code(["resilience", "runs/a", "--out", "nowhere/table.md"]) == 2
    assert "--out nowhere/table.md: No such file or directory" in capsys.readouterr().err
