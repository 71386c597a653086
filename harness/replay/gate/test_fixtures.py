"""The fixture `replay_gate`: the documentation's example in another team's suite, green, red and with no history."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from harness.replay.testing_replay import APPLICATION, CHANGED, SAME, sleeper_history

ROOT = Path(__file__).parents[3]
TEST = (ROOT / "docs" / "examples" / "replay" / "test_replays.py").read_text(encoding="utf-8")


@pytest.mark.long
@pytest.mark.parametrize(
    ("body", "history", "code", "said"),
    [
        (SAME, True, 0, "1 passed"),
        (CHANGED, True, 1, "event 5 TimerStarted (id 1)"),
        (SAME, False, 1, "Verdict.UNKNOWN"),
    ],
)
def test_the_example_of_the_documentation(tmp_path: Path, body: str, history: bool, code: int, said: str) -> None:
    (tmp_path / "pyproject.toml").write_text('[tool.assay]\napp = "sleeping"\nscenarios = "claims"\n')
    (tmp_path / "sleeping.py").write_text(APPLICATION.format(body=body, failures="()"))
    (tmp_path / "test_replays.py").write_text(TEST)
    (tmp_path / "histories").mkdir()
    if history:
        (tmp_path / "histories" / "slept.json").write_text(sleeper_history("slept"))

    run = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-n", "0", "--rootdir", ".", "."],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=120,
    )

    assert run.returncode == code, run.stdout + run.stderr
    assert said in run.stdout


def test_the_documentation_shows_it() -> None:
    page = (ROOT / "docs" / "deploying.md").read_text(encoding="utf-8")
    assert re.findall(r"```python\n(.*?)```", page, re.DOTALL) == [TEST]
