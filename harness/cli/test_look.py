"""`assay ui` and `assay cli` from outside, and every line that `docs/cli.md` promises for the CLI, run on a server."""

from __future__ import annotations

import asyncio
import json
import os
import re
import signal
import subprocess
import sys
import uuid
from dataclasses import asdict
from functools import partial
from pathlib import Path

import psutil
import pytest
import temporalio.client
import temporalio.worker

from harness.cli.main import exit_code
from harness.cli.testing_look import PAGE, Bench, Waiter, lines
from harness.cli.testing_project import write_project
from harness.poll import eventually
from harness.record.rundir import write_json
from harness.stack.client import open_client
from harness.stack.namespace import make_namespace
from harness.stack.state import StackState, stack_folder, state_file
from harness.stack.testing_full import full_stack


def state_of(address: str, namespace: str) -> StackState:
    """The state of a stack whose supervisor is this process, and lives."""
    mark = psutil.Process().cmdline()[0]
    return StackState(
        mark, "dev", os.getpid(), address, {"UI": "http://127.0.0.1:8088"}, {"TEMPORAL_NAMESPACE": namespace}
    )


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project whose stack is up as far as its state says."""
    folder = write_project(tmp_path)
    stack_folder(folder).mkdir(parents=True)
    write_json(state_file(stack_folder(folder)), asdict(state_of("127.0.0.1:7233", "ours")))
    return folder


def script(folder: Path, text: str) -> dict[str, str]:
    """An environment in which the CLI is a shell script, and the user has settings of their own."""
    program = folder / "temporal"
    program.write_text(f"#!/bin/sh\n{text}\n")
    program.chmod(0o755)
    return {
        **os.environ,
        "ASSAY_TEMPORAL_BIN": str(program),
        "TEMPORAL_PROFILE": "theirs",
        "TEMPORAL_ADDRESS": "theirs",
    }


def test_arguments_input_output_and_exit_code_are_the_clis(project: Path) -> None:
    told = 'echo "$TEMPORAL_ADDRESS $TEMPORAL_NAMESPACE ${TEMPORAL_PROFILE-none}"; printf "<%s>" "$@"; cat; exit 7'
    done = subprocess.run(
        [sys.executable, "-m", "harness.cli", "cli", "--", "workflow", "list", "--query", "a b", "-w", "--", "-h"],
        cwd=project,
        env=script(project, told),
        input=" typed",
        capture_output=True,
        text=True,
    )
    assert done.stdout == "127.0.0.1:7233 ours none\n<workflow><list><--query><a b><-w><--><-h> typed"
    assert done.returncode == 7


def test_commands_that_are_typed_by_hand_import_nothing_heavy() -> None:
    code = "import sys, harness.cli.main, harness.cli.stack, harness.cli.look; print('temporalio' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout == "False\n"


def test_ctrl_c_is_the_clis(project: Path) -> None:
    waits = "trap 'exit 42' INT; echo waiting; while :; do sleep 0.05; done"
    process = subprocess.Popen(
        [sys.executable, "-m", "harness.cli", "cli", "workflow", "show", "--follow"],
        cwd=project,
        env=script(project, waits),
        stdout=subprocess.PIPE,
        preexec_fn=hear_ctrl_c,
    )
    with process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"waiting\n"
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=60) == 42


@pytest.mark.parametrize("command", [["ui"], ["cli", "--", "workflow", "list"]])
def test_without_a_stack_the_command_that_mends_it_is_said(
    project: Path, command: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(project)
    state = state_file(stack_folder(project))
    write_json(state, json.loads(state.read_text()) | {"stack_id": "of a supervisor that is gone"})
    assert exit_code(command) == 3
    assert "the stack's supervisor is gone; run `assay down`, then `assay up`" in capsys.readouterr().err
    state.unlink()
    assert exit_code(command) == 3
    assert "no stack is up; `assay up` starts one" in capsys.readouterr().err


def test_ui_prints_the_address_and_opens_no_browser_in_a_pipe(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(project)
    monkeypatch.setenv("DISPLAY", ":0")
    opened: list[str] = []
    monkeypatch.setattr("webbrowser.open", opened.append)
    assert exit_code(["ui"]) == 0
    assert (capsys.readouterr().out, opened) == ("http://127.0.0.1:8088\n", [])
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    assert exit_code(["ui", "--print"]) == 0
    assert opened == []
    assert exit_code(["ui"]) == 0
    assert opened == ["http://127.0.0.1:8088"]


def hear_ctrl_c() -> None:
    """A shell starts its background jobs deaf to SIGINT, and they hand that down: not what these tests are about."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


async def bench_at(address: str) -> Bench:
    name = f"look-{uuid.uuid4().hex[:8]}"
    await make_namespace(await open_client(address), name, {})
    client = await open_client(address, namespace=name)
    return Bench(client, state_of(address, name), f"queue-{name}", f"new-{name}")


async def test_every_line_of_the_page_does_its_work(temporal_address: str) -> None:
    bench = await bench_at(temporal_address)
    together = asyncio.Semaphore(3)

    async def tried(line: str) -> None:
        # A list comes to know of what is new a little later.
        patience_seconds = 60.0 if " list" in line else 0.0
        async with together:
            await eventually(
                partial(bench.run, line), what=line, timeout_seconds=patience_seconds, ignore=(AssertionError,)
            )

    worker = temporalio.worker.Worker(bench.client, task_queue=bench.queue, workflows=[Waiter])
    async with worker, asyncio.TaskGroup() as group:
        for line in lines(tdbg=False):
            if "namespace" not in line:
                group.create_task(tried(line))
        # One after another: what the first of them makes is what the others are about.
        for line in lines(tdbg=False):
            if "namespace" in line:
                await tried(line)


@pytest.mark.full
@pytest.mark.xdist_group("full")
@pytest.mark.timeout(300)
async def test_every_line_about_the_servers_own_state_does_its_work(tmp_path: Path) -> None:
    async with full_stack(tmp_path) as up:
        bench = Bench(up.client, state_of(up.ends.frontend, up.client.namespace), "looked-at", "")
        async with temporalio.worker.Worker(bench.client, task_queue=bench.queue, workflows=[Waiter]):
            for line in lines(tdbg=True):
                await bench.run(line)


def test_the_page_covers_what_the_guide_names() -> None:
    old = re.findall(r"^\| `(tctl [^`]*)`", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    wanted = ("list", "describe", "show", "signal", "cancel", "terminate", "query", "reset")
    commands = [f"tctl workflow {word}" for word in wanted]
    commands += ["tctl namespace register", "tctl namespace list", "tctl taskqueue describe", "tctl cluster health"]
    assert [command for command in commands if not any(row.startswith(command) for row in old)] == []
    assert len(lines(tdbg=False)) + len(lines(tdbg=True)) >= len(old), "each old line has a new one"
