"""The GitHub action: what its steps type, run by bash as GitHub would, with every program a note of its arguments."""

from __future__ import annotations

import os
import re
import subprocess
import textwrap
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
ACTION = ROOT / ".github" / "actions" / "replay-gate" / "action.yml"
BLOCK = re.compile(r"^      run: \|\n((?:        .*\n)+)", re.MULTILINE)
INSTALL, REPLAY = (textwrap.dedent(block) for block in BLOCK.findall(ACTION.read_text(encoding="utf-8")))
NOTES = """#!/bin/bash
printf '%s\\n' "$@" > "$RUNNER_TEMP/arguments"
echo "## told" > "$RUNNER_TEMP/replay-gate.md"
exit "$ENDS_WITH"
"""


def run(folder: Path, step: str, ends_with: int = 0, **inputs: str) -> tuple[int, list[str]]:
    for name in ("assay", "python"):
        (folder / name).write_text(NOTES)
        (folder / name).chmod(0o755)
    own = {
        "RUNNER_TEMP": str(folder),
        "GITHUB_STEP_SUMMARY": str(folder / "steps.md"),
        "GITHUB_ACTION_PATH": "/a/b/c/d",
    }
    environment = {**own, "PATH": f"{folder}:{os.environ['PATH']}", "ENDS_WITH": str(ends_with), **inputs}
    # GitHub's own way to call bash.
    done = subprocess.run(["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step], env=environment, timeout=30)
    return done.returncode, (folder / "arguments").read_text().splitlines()


@pytest.mark.parametrize(("version", "package"), [("", "/a/b/c/d/../../.."), ("1.2.0", "temporal-assay==1.2.0")])
def test_it_installs_a_version_or_the_checkout_it_lies_in(tmp_path: Path, version: str, package: str) -> None:
    assert run(tmp_path, INSTALL, VERSION=version) == (0, ["-m", "pip", "install", package])


@pytest.mark.parametrize("ends_with", [0, 1, 2, 4])
def test_it_ends_as_the_gate_does_and_shows_the_summary(tmp_path: Path, ends_with: int) -> None:
    code, arguments = run(tmp_path, REPLAY, ends_with, CORPUS="my histories", RUNGS="replay")

    assert code == ends_with
    assert arguments[:6] == ["replay", "check", "--corpus", "my histories", "--rungs", "replay"]
    assert (tmp_path / "steps.md").read_text() == "## told\n"


def test_no_input_is_pasted_into_a_script() -> None:
    assert "${{" not in INSTALL + REPLAY
