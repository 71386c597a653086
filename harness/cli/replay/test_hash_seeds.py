"""An order that a hash decides: one seed hides it, and several show it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from harness.cli.main import exit_code
from harness.cli.replay.test_check import project, recorded
from harness.replay.drift.allowed import Allowed
from harness.replay.gate.gate import Answers
from harness.replay.gate.hash_seeds import VARIABLE, together
from harness.replay.reasons import DIVERGED, DRIFTED, REPLAYED
from harness.replay.result import Result
from harness.verdict import Verdict

FIRST = "next(iter({'a', 'b'}))"
BODY = f"await asyncio.sleep(60 if {FIRST} == 'a' else 90)"
CHECK = ["replay", "check", "--rungs", "drift", "--hash-seeds"]


def first_under(seed: int) -> str:
    command = [sys.executable, "-c", f"print({FIRST})"]
    environment = {**os.environ, VARIABLE: str(seed)}
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=True).stdout[0]


def test_a_change_that_one_seed_hides_is_shown_by_another(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    project(tmp_path, monkeypatch, BODY)
    recorded(tmp_path)
    as_then, other = (next(seed for seed in range(99) if first_under(seed) == name) for name in "ab")

    assert exit_code([*CHECK, str(as_then)]) == 0
    assert exit_code([*CHECK, f"{as_then}, {other}"]) == 1
    told = capsys.readouterr().out
    assert "start_to_fire_timeout 90 s" in told
    assert f"under PYTHONHASHSEED={other}, and not under each" in told


@pytest.mark.parametrize("seeds", ["one", "-1", "1.5", str(2**32)])
def test_what_is_no_seed_is_a_mistake(
    seeds: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    project(tmp_path, monkeypatch)
    recorded(tmp_path)

    assert exit_code([*CHECK, seeds]) == 2
    assert f"--hash-seeds {seeds}: " in capsys.readouterr().err


def test_of_each_history_the_worst_is_told_and_what_any_seed_needs_is_allowed() -> None:
    whole, part = Path("a.json"), Path("a.json, up to event 4")
    wanted, vain = Allowed("A", "f", "why"), Allowed("B", "f", "why")
    one = Answers({whole: Result(REPLAYED)}, ["A"], 1, [wanted], [vain])
    two = Answers({whole: Result(DRIFTED), part: Result(DIVERGED, "moved")}, ["A"], 1, [], [wanted, vain])

    found = together({1: one, 2: two})

    assert [result.reason for result in found.results.values()] == [DRIFTED, DIVERGED]
    assert all("PYTHONHASHSEED=2" in result.message for result in found.results.values())
    assert (found.allowed, found.unused, found.verdict) == ([wanted], [vain], Verdict.INVALID)
    assert together({7: two}).results == two.results
