"""`assay simulate` in a stranger's folder, as a stranger types it: a verdict with a story, or what is not simulated."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from harness.simulate.claimed.testing_shop import CAREFUL, CARELESS, write_shop

ROOT = Path(__file__).parents[2]
FEW = ("--seeds", "1..6", "--processes", "1")
WRITES = "CHARGED[order] = Path(order).write_text('10')"


def simulate(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """In a process of its own, which finds Assay where these tests find it, and the project by itself."""
    command = [sys.executable, "-P", "-m", "harness.cli", "simulate", *arguments]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=100)


def test_a_careful_shop_is_valid(tmp_path: Path) -> None:
    ended = simulate(write_shop(tmp_path, CAREFUL), "--app", "shop_app", *FEW)

    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert "VALID: 0 of 6 broke a promise, 0 could not be judged" in ended.stdout
    assert "same-ends: judged in 6" in ended.stdout


def test_a_careless_shop_is_invalid_with_a_story_and_a_plan_that_replays(tmp_path: Path) -> None:
    ended = simulate(write_shop(tmp_path, CARELESS), "orders", *FEW)

    assert ended.returncode == 1, ended.stdout + ended.stderr
    assert "without faults it returned 'parcel" in ended.stdout
    [plan, *_] = sorted((tmp_path / "runs" / "simulate").glob("*.json"))
    again = simulate(tmp_path, "--plan", str(plan))
    assert again.returncode == 1, again.stdout + again.stderr
    assert "1 faults, 0 times that differ" in again.stdout


@pytest.mark.parametrize("arguments", [("--app", "shop_app"), ("orders",)], ids=["by its module", "by its claim"])
def test_what_is_not_simulated_is_named_and_nothing_is_proved(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    ended = simulate(write_shop(tmp_path, WRITES), *arguments, "--seeds", "1..2", "--processes", "1")

    assert ended.returncode == 4, ended.stdout + ended.stderr
    assert "UNKNOWN: what is used here is not simulated" in ended.stdout
    assert re.search(r"shop_app\.py:18: open\('\d', 'w'\): simulated code writes a file", ended.stdout)
    assert "Traceback" not in ended.stdout + ended.stderr
