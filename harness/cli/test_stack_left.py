"""`assay up|down|clean` with what a stack has left, and with one that belongs to somebody else; no stack is started."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

import psutil
import pytest

from harness.cli import stack
from harness.cli.testing_project import write_project
from harness.errors import EnvironmentMissing
from harness.stack.containers.project import MERGED
from harness.stack.state import StackState, read_state, stack_folder, state_file

STUBBORN = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('up', flush=True); signal.pause()"
# Files are containers and volumes; a volume goes once no container holds it.
ENGINE = """#!/bin/sh
cd '{engine}'
case "$*" in
    "container ls"*) ls container ;;
    "volume ls"*) ls volume ;;
    "network ls"*) ;;
    "container rm"*) rm container/* ;;
    "volume rm"*) if [ -e container/it ]; then echo "volume is in use" >&2; exit 1; fi; rm volume/* ;;
esac
"""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "project").mkdir()
    folder = write_project(tmp_path / "project")
    monkeypatch.chdir(folder)
    return folder


@pytest.fixture
def supervisor() -> Iterator[subprocess.Popen[str]]:
    """What has a stack's id among its arguments, and ends by SIGKILL alone."""
    command = [sys.executable, "-c", STUBBORN, "stack-7"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "up\n"
        yield process
        process.kill()


@pytest.fixture
def engine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "engine"
    for kind in ("container", "volume"):
        (folder / kind).mkdir(parents=True)
        (folder / kind / "it").touch()
    (folder / "docker").write_text(ENGINE.format(engine=folder))
    (folder / "docker").chmod(0o755)
    monkeypatch.setenv("ASSAY_DOCKER_BIN", str(folder / "docker"))
    monkeypatch.setattr("harness.stack.containers.sweep.PAUSE_SECONDS", 0)
    return folder


def leave_state(project: Path, supervisor_pid: int, *, of: str = "full") -> Path:
    folder = stack_folder(project)
    (folder / "state").mkdir(parents=True)
    (folder / "state" / MERGED).touch()
    state = StackState("stack-7", of, supervisor_pid, "127.0.0.1:7233", {}, {}, folder=str(folder))
    state_file(folder).write_text(json.dumps(asdict(state)))
    return folder


def nobody() -> int:
    return max(psutil.pids()) + 100_000


def test_a_supervisor_that_takes_too_long_is_killed(
    project: Path,
    supervisor: subprocess.Popen[str],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    folder = leave_state(project, supervisor.pid)
    monkeypatch.setattr(stack, "DOWN_TIMEOUT_SECONDS", 0.2)
    stack.down.main([], standalone_mode=False)
    assert capsys.readouterr().out == "the stack is down\n"
    assert supervisor.wait(timeout=10) == -9
    assert read_state(folder) is None


def test_in_a_copy_of_a_project_nothing_is_up(
    project: Path,
    supervisor: subprocess.Popen[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    leave_state(project, supervisor.pid)
    shutil.copytree(project, tmp_path / "copy")
    monkeypatch.chdir(tmp_path / "copy")
    stack.down.main([], standalone_mode=False)
    assert capsys.readouterr().out == "nothing is up\n"
    assert supervisor.poll() is None
    project.rename(tmp_path / "moved")
    state = read_state(stack_folder(tmp_path / "moved"))
    assert state is not None, "a project that was moved is the same"


def test_clean_takes_along_the_containers_that_hold_the_volumes(project: Path, engine: Path) -> None:
    folder = leave_state(project, nobody(), of="compose")
    stack.clean.main([], standalone_mode=False)
    assert not folder.exists()
    assert [*engine.glob("*/it")] == []


def test_clean_keeps_what_names_the_volumes_until_they_are_gone(project: Path, engine: Path) -> None:
    folder = leave_state(project, nobody())
    (engine / "docker").write_text((engine / "docker").read_text().replace("rm container/*", "exit 1"))
    with pytest.raises(EnvironmentMissing, match="volume is in use"):
        stack.clean.main([], standalone_mode=False)
    assert (folder / "state" / MERGED).is_file()
