"""`assay report --screenshot`: what it hands to the browser, and what it says without a report."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from harness.cli import check
from harness.cli.main import exit_code


def test_a_picture_is_taken_as_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "report.html").write_text("<h1>x</h1>")
    taken: list[tuple[Path, Path, dict[str, Any]]] = []
    monkeypatch.setattr(check, "screenshot", lambda page, picture, **how: taken.append((page, picture, how)))
    picture = tmp_path / "made.png"
    words = ["report", str(tmp_path), "--screenshot", str(picture), "--width", "390", "--dark", "--first-screen"]
    assert exit_code(words) == 0
    assert taken == [(tmp_path / "report.html", picture, {"width": 390, "dark": True, "whole": False})]
    assert capsys.readouterr().out.strip() == str(picture)


def test_without_a_report_the_command_says_what_writes_one(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert exit_code(["report", str(tmp_path), "--screenshot", "x.png"]) == 2
    assert "assay check" in capsys.readouterr().err
