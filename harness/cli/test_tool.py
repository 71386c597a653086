"""A program of the gate ends as it does by itself, and the real actionlint refuses a broken workflow."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from harness.stack.programs.binaries import search_for
from harness.stack.programs.recipes import PROGRAMS
from harness.stack.programs.testing_programs import script

ROOT = Path(__file__).parents[2]
WORKFLOW = """\
on:
  push:
    branches: [main]
jobs:
  gate:
    runs-on: ubuntu-24.04
    steps:
      - uses: actions/checkout@v6
      - run: {run}
"""


def tool(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "harness.cli.tool", *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True)


def flags() -> list[str]:
    """What `make lint` gives to actionlint."""
    found = re.search(r"^actionlint_flags := (.+)$", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert found is not None
    return shlex.split(found.group(1))


def test_it_ends_as_the_program_does(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ASSAY_ACTIONLINT_BIN", str(script(tmp_path / "own", '#!/bin/sh\necho "$@"\nexit 7\n')))
    answer = tool("--go-lock", "go.lock", "actionlint", "-no-color", "--help", "x.yml")
    assert (answer.returncode, answer.stdout) == (7, "-no-color --help x.yml\n")


def test_a_program_that_cannot_be_had_ends_with_3(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ASSAY_ACTIONLINT_BIN", str(tmp_path))
    answer = tool("actionlint")
    assert answer.returncode == 3
    assert "is not an executable file" in answer.stderr


@pytest.mark.parametrize(
    ("run", "code", "says"),
    [
        ("make lint", 0, ""),
        ("echo ${{ github.event.pull_request.title }}", 1, "potentially untrusted"),
        ("echo ${{ matrix.python }}", 1, 'property "python" is not defined'),
    ],
)
def test_the_real_one_refuses_a_broken_workflow(tmp_path: Path, run: str, code: int, says: str) -> None:
    if search_for(PROGRAMS["actionlint"]).path is None:
        pytest.skip("actionlint is not built; `make lint` does it")
    workflow = tmp_path / "broken.yml"
    workflow.write_text(WORKFLOW.replace("{run}", run))
    answer = tool("actionlint", *flags(), "-no-color", str(workflow))
    assert answer.returncode == code
    assert says in answer.stdout
