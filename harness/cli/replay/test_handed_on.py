"""`assay replay check --junit --summary`: the files say what the terminal says, and are never green for nothing."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from harness.cli.main import exit_code
from harness.cli.replay.test_check import project, recorded
from harness.replay.gate.gate import Answers
from harness.replay.gate.handing import TO_DO, markdown_of
from harness.replay.reasons import RAISED, VERDICTS
from harness.replay.result import Result
from harness.replay.testing_replay import CHANGED, sleeper_history
from harness.verdict import Verdict

BOTH = ["replay", "check", "--junit", "gate.xml", "--summary", "gate.md"]


def suite(folder: Path) -> ET.Element:
    found = ET.parse(folder / "gate.xml").getroot().find("testsuite")
    assert found is not None
    return found


def test_a_divergence_is_a_failure_with_its_event_and_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project(tmp_path, monkeypatch, CHANGED)
    recorded(tmp_path)

    assert exit_code(BOTH) == 1
    assert suite(tmp_path).attrib["failures"] == "1"
    case = suite(tmp_path).find("testcase")
    assert case is not None
    assert case.attrib["name"] == "histories/slept.json"
    assert "event 5 TimerStarted (id 1)" in "".join(case.itertext())
    summary = (tmp_path / "gate.md").read_text()
    assert summary.startswith("## Replay gate: INVALID\n")
    assert all(word in summary for word in ("event 5 TimerStarted (id 1)", "sleeping/app.py:", "`workflow.patched`"))


def test_what_replays_is_green_and_no_history_is_not(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    project(tmp_path, monkeypatch)
    (tmp_path / "histories").mkdir()

    assert exit_code(BOTH) == 4
    assert suite(tmp_path).attrib["errors"] == "1"
    assert "assay replay record --corpus histories" in (tmp_path / "gate.md").read_text()
    (tmp_path / "histories").rmdir()
    recorded(tmp_path)
    assert exit_code(BOTH) == 0
    assert (suite(tmp_path).attrib["tests"], suite(tmp_path).attrib["failures"]) == ("1", "0")
    assert (tmp_path / "gate.md").read_text() == "## Replay gate: VALID\n\n1 history: 1 replayed.\n\n"


def test_a_file_that_cannot_be_written_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    project(tmp_path, monkeypatch)
    (tmp_path / "histories").mkdir()

    assert exit_code(["replay", "check", "--junit", "gone/gate.xml"]) == 2
    assert "--junit gone/gate.xml: cannot be written: No such file" in capsys.readouterr().err


def test_executions_that_are_open_are_counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    project(tmp_path, monkeypatch, CHANGED)
    (tmp_path / "exports").mkdir()
    events = json.loads(sleeper_history("slept"))["events"]
    (tmp_path / "exports" / "sleeps.json").write_text(json.dumps({"events": events[:5]}))
    assert exit_code(["replay", "record", "--from", "exports"]) == 0

    assert exit_code(BOTH) == 1
    assert "diverged, 1 history, 1 of them of executions that were open" in (tmp_path / "gate.md").read_text()


def test_nothing_of_a_history_becomes_markup(tmp_path: Path) -> None:
    hostile = Result(RAISED, "```` \x1b[31m @everyone <b>", "Order", 1)
    text = markdown_of(Answers({tmp_path / "a.json": hostile}, ["Order"]), tmp_path, tmp_path, "histories")

    fences = [line for line in text.splitlines() if line.startswith("`````")]
    assert fences == ["`````text", "`````"]
    assert "\x1b" not in text


def test_every_failure_that_is_the_codes_own_says_what_to_do() -> None:
    assert {reason for reason, verdict in VERDICTS.items() if verdict is Verdict.INVALID} <= set(TO_DO)
