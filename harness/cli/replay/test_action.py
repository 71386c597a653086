"""The GitHub action: what its steps type, run by bash as GitHub would, with every program a note of its arguments."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path
from typing import Any

import click
import pytest
import yaml

from harness.cli.main import assay

ACTION = Path(__file__).parents[3] / ".github" / "actions" / "replay-gate" / "action.yml"
READ: dict[str, Any] = yaml.safe_load(ACTION.read_text(encoding="utf-8"))
STEPS: list[dict[str, Any]] = READ["runs"]["steps"]
TYPED = [step for step in STEPS if "run" in step]
INSTALL, REPLAY = (step["run"] for step in TYPED)
INPUT = re.compile(r"\$\{\{ inputs\.([a-z_-]+) \}\}")
VARIABLE = re.compile(r"\$\{?([A-Z_]+)")
GITHUBS = {"GITHUB_ACTION_PATH", "GITHUB_STEP_SUMMARY", "RUNNER_TEMP"}
NOTES = """#!/bin/bash
printf '%s\\n' "$@" > "$RUNNER_TEMP/arguments"
echo "## told" > "$RUNNER_TEMP/replay-gate.md"
exit "$ENDS_WITH"
"""
HOSTILE = "a b\"; touch pwned; $(touch pwned) `touch pwned` ' ${{ x }} * --code"


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
    command = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step]
    done = subprocess.run(command, env=environment, cwd=folder, timeout=30)
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


@pytest.mark.parametrize("corpus", ["", "my histories"])
def test_what_it_types_is_a_command_with_these_options(tmp_path: Path, corpus: str) -> None:
    _, [group_name, *arguments] = run(tmp_path, REPLAY, CORPUS=corpus, RUNGS=READ["inputs"]["rungs"]["default"])
    above = click.Context(assay)
    group = assay.get_command(above, group_name)
    assert isinstance(group, click.Group)
    command = group.get_command(above, arguments[0])
    assert command is not None

    with command.make_context(arguments[0], arguments[1:], parent=above) as context:
        assert context.params["corpus"] == (Path(corpus) if corpus else None)
        assert {str(context.params[name]) for name in ("junit", "summary")} == {
            str(tmp_path / f"replay-gate.{kind}") for kind in ("xml", "md")
        }


def test_no_input_is_more_than_one_word(tmp_path: Path) -> None:
    _, arguments = run(tmp_path, REPLAY, CORPUS=HOSTILE, RUNGS=HOSTILE)
    assert arguments[2:6] == ["--corpus", HOSTILE, "--rungs", HOSTILE]
    _, arguments = run(tmp_path, INSTALL, VERSION=HOSTILE)
    assert arguments[2:] == ["install", f"temporal-assay=={HOSTILE}"]
    assert not (tmp_path / "pwned").exists()


def test_no_input_is_pasted_into_a_script() -> None:
    assert len(TYPED) == 2
    assert "${{" not in INSTALL + REPLAY


def test_each_input_is_used_and_each_that_is_used_is_declared_with_a_default() -> None:
    inputs: dict[str, dict[str, str]] = READ["inputs"]
    assert {name for step in STEPS for name in INPUT.findall(yaml.safe_dump(step, width=9999))} == set(inputs)
    assert all(each.keys() == {"description", "default"} for each in inputs.values())


def test_each_script_has_a_shell_and_reads_only_what_it_is_given() -> None:
    assert READ["runs"]["using"] == "composite"
    for step in TYPED:
        assert step["shell"] == "bash"
        assert set(VARIABLE.findall(step["run"])) <= GITHUBS | step["env"].keys()
        assert step["env"].keys() <= set(VARIABLE.findall(step["run"]))
