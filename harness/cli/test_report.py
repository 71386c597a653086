"""`assay report`: what it hands to the browser, and what it says of a record that cannot be judged."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from harness.cli import check
from harness.cli.main import exit_code
from harness.record.testing_records import run_info


def unsealed(folder: Path) -> None:
    """A run that goes on, beside the report of another."""
    (folder / "run.json").write_text(json.dumps(asdict(run_info())))
    (folder / "report.html").write_text("<h1>VALID</h1>")


def test_a_picture_is_taken_as_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    unsealed(tmp_path)
    taken: list[tuple[Path, Path, dict[str, Any]]] = []
    monkeypatch.setattr(check, "screenshot", lambda page, picture, **how: taken.append((page, picture, how)))
    picture = tmp_path / "made.png"
    words = ["report", str(tmp_path), "--screenshot", str(picture), "--width", "390", "--dark", "--first-screen"]
    assert exit_code(words) == 4
    assert taken == [(tmp_path / "report.html", picture, {"width": 390, "dark": True, "whole": False})]
    assert capsys.readouterr().out.strip() == str(picture)


@pytest.mark.parametrize("command", ["report", "check"])
def test_a_page_that_says_valid_does_not_stay_on_a_record_that_is_not_sealed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], command: str
) -> None:
    unsealed(tmp_path)
    assert exit_code([command, str(tmp_path)]) == 4
    assert "seal.json: there is none" in capsys.readouterr().out
    assert "VALID</h1>" not in (tmp_path / "report.html").read_text()


@pytest.mark.parametrize("command", ["report", "check"])
def test_a_folder_that_is_no_run_directory_is_a_wrong_command(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], command: str
) -> None:
    assert exit_code([command, str(tmp_path)]) == 2
    assert "is not a run directory" in capsys.readouterr().err
