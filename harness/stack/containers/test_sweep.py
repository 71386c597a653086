"""Nothing of a run is left at the engine, whenever its harness is killed; what stays is told by name."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from harness.errors import EnvironmentMissing
from harness.poll import eventually
from harness.stack.containers.parts import draw_ports
from harness.stack.containers.project import Wanted, create_project
from harness.stack.containers.sweep import remove_all_of
from harness.stack.processes import watchdog

ROOT = Path(__file__).parents[3]
# A container is a file, which a daemon makes a moment after it was asked to, whatever becomes of who asked.
ENGINE = """#!/bin/sh
cd '{folder}'
case "$*" in
    create) (env -i sh -c "sleep 0.5; touch '$PWD/it' '$PWD/made'" >/dev/null 2>&1 &); touch asked; sleep 60 ;;
    compose*config*) echo '{{"services": {{}}}}' ;;
    compose*create*) echo "$ASSAY_RUN_ID $*" >asked ;;
    "container ls"*) if [ -e it ]; then echo it; fi ;;
    "container rm"*) [ ! -e stays ] || {{ echo "it is in use" >&2; exit 1; }}; rm it ;;
    *ls*) ;;
    *) exit 1 ;;
esac
"""
HARNESS = """
import sys
from harness.stack.docker import docker
from harness.stack.processes.watchdog import Watchdog
with Watchdog(sys.argv[1], containers=True):
    docker("create")
"""


@pytest.fixture
def engine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of a stand-in for Docker."""
    (tmp_path / "docker").write_text(ENGINE.format(folder=tmp_path))
    (tmp_path / "docker").chmod(0o755)
    monkeypatch.setenv("ASSAY_DOCKER_BIN", str(tmp_path / "docker"))
    return tmp_path


@pytest.mark.long
def test_what_was_being_made_when_the_harness_was_killed_is_not_left(engine: Path) -> None:
    run_id = f"test-{engine.name}-{os.getpid()}"
    command = [sys.executable, "-c", HARNESS, run_id]
    with subprocess.Popen(command, env={**os.environ, "PYTHONPATH": str(ROOT)}, stderr=subprocess.PIPE) as harness:
        assert harness.stderr is not None
        asyncio.run(eventually((engine / "asked").exists, what="something to be made", timeout_seconds=30))
        harness.send_signal(signal.SIGKILL)
        assert harness.stderr.read() == b""  # It ends when the watchdog has ended, which has the other end, too.
    asyncio.run(eventually((engine / "made").exists, what="it to be made", timeout_seconds=30))
    assert not (engine / "it").exists()


def test_compose_is_a_process_of_the_run_and_ends_with_it(engine: Path) -> None:
    create_project([], Wanted("run-7", engine, engine, draw_ports(None)))
    run_id, *words = (engine / "asked").read_text().split()
    assert run_id == "run-7"
    assert words[words.index("create") :] == ["create", "--no-build", "--pull", "never", "--force-recreate"]


def test_what_cannot_be_removed_is_told_with_a_command(engine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("harness.stack.containers.sweep.PAUSE_SECONDS", 0)
    (engine / "it").touch()
    (engine / "stays").touch()
    with pytest.raises(EnvironmentMissing, match=r"it is in use\); try `docker container rm --force --volumes it`"):
        remove_all_of("run")
    (engine / "stays").unlink()
    assert remove_all_of("run") == 1
    assert remove_all_of("run") == 0


def test_a_watchdog_without_an_engine_says_what_may_be_left(
    engine: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (engine / "docker").write_text("#!/bin/sh\necho no daemon >&2\nexit 1\n")
    with open(os.devnull) as nothing:
        monkeypatch.setattr(sys, "stdin", nothing)
        assert watchdog.main(["test-nobody", "containers"]) == 3
    assert "assay: containers of test-nobody may be left" in capsys.readouterr().err
