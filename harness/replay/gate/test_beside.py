"""What was asked without a history is told everywhere, and counts in the verdict."""

from __future__ import annotations

from pathlib import Path

from harness.replay.gate.gate import Answers
from harness.replay.gate.handing import junit_of, markdown_of
from harness.replay.gate.telling import lines_of
from harness.replay.reasons import REPLAYED
from harness.replay.result import Result
from harness.verdict import CheckResult, Finding, Verdict

ROOT = Path("/project")
REPLAYS = {ROOT / "histories" / "a.json": Result(REPLAYED, workflow_type="Order", tasks_completed=3)}
LOST = Finding("INV-1", "missing: accounting/book")
WENT_WRONG = CheckResult("upgrade", Verdict.INVALID, "2 of 8 hand-overs went wrong", (LOST,))
WENT_WELL = CheckResult("upgrade", Verdict.VALID, "8 hand-overs in 1 company")


def test_the_worst_of_all_is_the_verdict() -> None:
    assert Answers(REPLAYS, ["Order"], beside=[WENT_WELL]).verdict is Verdict.VALID
    assert Answers(REPLAYS, ["Order"], beside=[WENT_WELL, WENT_WRONG]).verdict is Verdict.INVALID


def test_what_went_wrong_is_told_on_the_terminal_and_in_both_files() -> None:
    answers = Answers(REPLAYS, ["Order"], beside=[WENT_WRONG])
    lines = list(lines_of(answers, ROOT, ROOT, "histories"))
    assert lines[:2] == ["INVALID  upgrade: 2 of 8 hand-overs went wrong", "  INV-1: missing: accounting/book"]
    junit = junit_of(answers, ROOT, ROOT).decode()
    assert 'failures="1"' in junit
    assert "missing: accounting/book" in junit
    summary = markdown_of(answers, ROOT, ROOT, "histories")
    assert "### INVALID: upgrade" in summary
    assert "  INV-1: missing: accounting/book" in summary
