"""What the gate tries once more is told, and more of it than a busy machine explains is a failure."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
SUITE = """
import pathlib
import pytest

@pytest.mark.parametrize("number", range(COUNT))
def test_late_once(number):
    tried = pathlib.Path(__file__).with_name(str(number))
    if not tried.exists():
        tried.touch()
        pytest.fail("late")
"""


def ended(folder: Path, suite: str, *options: str) -> subprocess.CompletedProcess[str]:
    """The suite in a project with our conftest.py, what fails tried once more."""
    (folder / "conftest.py").write_text((ROOT / "conftest.py").read_text())
    (folder / "test_suite.py").write_text(suite)
    given = ("-p", "no:cacheprovider", "--reruns", "1", "--rootdir", str(folder), *options, str(folder))
    return subprocess.run([sys.executable, "-m", "pytest", *given], cwd=folder, capture_output=True, text=True)


@pytest.mark.parametrize("workers", ["0", "1"])
@pytest.mark.parametrize(("count", "code"), [(3, 0), (4, 1)])
def test_three_may_be_late_and_no_more(tmp_path: Path, count: int, code: int, workers: str) -> None:
    run = ended(tmp_path, SUITE.replace("COUNT", str(count)), "-n", workers)
    assert run.returncode == code, run.stdout + run.stderr
    assert f"{count} passed, {count} rerun" in run.stdout
    assert ("4 tests were tried again; above 3 that is a failure" in run.stdout) == bool(code)


def test_what_fails_twice_is_a_failure(tmp_path: Path) -> None:
    run = ended(tmp_path, "def test_never():\n    raise AssertionError\n")
    assert run.returncode == 1
    assert "1 failed, 1 rerun" in run.stdout
