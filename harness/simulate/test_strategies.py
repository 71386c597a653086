"""Hypothesis finds what breaks the careless one, makes it small, and finds nothing that breaks the careful one."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, find, settings

from harness.errors import UsageError
from harness.sim.kernel.choices import Replayed
from harness.simulate.bench import Bench, open_bench
from harness.simulate.case import Case
from harness.simulate.strategies import companies, plans
from harness.simulate.test_once import TOY

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "docs" / "examples" / "orders"
# What is found here has to be found again, and nothing of it is kept in a folder.
SAME = settings(derandomize=True, database=None, max_examples=60, suppress_health_check=list(HealthCheck))


@pytest.fixture(scope="module")
def bench() -> Bench:
    return open_bench(TOY)


def test_what_breaks_is_made_small(bench: Bench) -> None:
    company = find(
        companies(bench, "careless", seeds=range(1, 3)), lambda each: bool(each.run(bench).broken), settings=SAME
    )

    [(place, choice)] = company.plan.choices.items()
    assert place.endswith(" attempt 1 fault")
    assert choice.kind.startswith(("activity-", "worker-dies-"))
    assert len(repr(company)) < 200


def test_a_fate_that_is_drawn_comes_to_pass(bench: Bench) -> None:
    case = Case(bench.family("careful"), 1)
    plan = find(plans(bench, case), lambda plan: len(plan.faults) == 1 and len(plan.choices) == 2, settings=SAME)

    assert bench.run(case, Replayed(plan)).plan == plan


def test_an_unknown_family_is_refused(bench: Bench) -> None:
    with pytest.raises(UsageError, match="there are careless, careful"):
        companies(bench, "meals")


def test_the_documentation_shows_the_example() -> None:
    page = (ROOT / "docs" / "simulator.md").read_text(encoding="utf-8")
    [shown] = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    assert shown in (EXAMPLE / "tests" / "test_trouble.py").read_text(encoding="utf-8")


def test_the_example_passes_as_it_is(tmp_path: Path) -> None:
    project = shutil.copytree(EXAMPLE, tmp_path / "project")
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:locust", "-p", "no:xdist", "tests/test_trouble.py"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "CI": "true"}
    ended = subprocess.run(command, cwd=project, env=environment, capture_output=True, text=True, timeout=100)

    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert "1 passed" in ended.stdout
