"""`assay up|status|down` with the full stack, from outside: complete when `up` returns, nothing left after the end.

These take the guide's ports, so they run one after another, and not while a stack of one's own is up.
"""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest

from harness.cli.testing_project import write_project
from harness.poll import eventually
from harness.stack.client import connect_client
from harness.stack.metrics import read_metrics, total
from harness.stack.processes.sweep import processes_of
from harness.stack.state import ports_of
from harness.stack.testing_full import full_stack

pytestmark = [pytest.mark.full, pytest.mark.xdist_group("full"), pytest.mark.timeout(300)]
# `assay up` promises the first workflow within 10 s on an idle machine; here two workers start with it.
UP_SECONDS = 40.0
AVAILABLE = "temporal_worker_task_slots_available"


def assay(project: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(project)}
    command = [sys.executable, "-m", "harness.cli", *arguments]
    return subprocess.run(command, cwd=project, env=environment, capture_output=True, text=True)


def state_of(project: Path) -> dict[str, Any]:
    answer: dict[str, Any] = json.loads((project / ".assay" / "stack" / "state.json").read_text())
    return answer


def open_ports() -> list[int]:
    """Which of the stack's ports somebody listens on."""
    found = []
    for port in ports_of("full", workers=1):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                found.append(port)
    return found


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Path]:
    folder = write_project(tmp_path)
    yield folder
    assay(folder, "down")
    assert open_ports() == []


async def test_up_is_complete_and_down_leaves_nothing(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    began = time.monotonic()
    up = assay(project, "up", "--stack", "full", "--workers", "1")
    assert up.returncode == 0, up.stderr
    client = await connect_client("127.0.0.1:7233")
    handle = await client.start_workflow("Order", "1", id="order-1", task_queue="orders")
    assert await handle.result() == "packed 1"
    seconds = time.monotonic() - began
    with capsys.disabled():
        sys.stderr.write(f"\nassay up --stack full: first application workflow completed after {seconds:.1f} s\n")
    assert seconds < UP_SECONDS
    told = re.search(r"^the first workflow was completed (\d+\.\d) s after the command$", up.stdout, re.MULTILINE)
    assert told is not None
    assert 0 < float(told[1]) < seconds
    assert set(open_ports()) == set(ports_of("full", workers=1))
    async with httpx.AsyncClient(trust_env=False) as http:
        samples = await read_metrics(http, "http://127.0.0.1:9201/metrics", AVAILABLE)
    assert total(samples, AVAILABLE) > 0
    status = assay(project, "status")
    assert status.returncode == 0
    assert re.search(r"^Temporal +127\.0\.0\.1:7233 \(stack full\)$", status.stdout, re.MULTILINE)
    assert re.search(r"^PostgreSQL +postgresql://temporal:temporal@127\.0\.0\.1:5433$", status.stdout, re.MULTILINE)
    again = assay(project, "up", "--stack", "full")
    assert again.returncode == 2
    assert "a stack is up already" in again.stderr
    stack_id = state_of(project)["stack_id"]
    down = assay(project, "down")
    assert down.stdout == "the stack is down\n", "nothing was left for the sweep"
    assert processes_of(stack_id) == []
    assert open_ports() == []
    assert assay(project, "status").returncode == 3


async def test_a_killed_supervisor_leaves_nothing_and_the_data_outlive_it(project: Path) -> None:
    assert assay(project, "up", "--stack", "full", "--workers", "0").returncode == 0
    client = await connect_client("127.0.0.1:7233")
    await client.start_workflow("Order", "1", id="order-1", task_queue="orders")
    state = state_of(project)
    assert processes_of(state["stack_id"])
    os.kill(state["supervisor_pid"], signal.SIGKILL)
    await eventually(
        lambda: not processes_of(state["stack_id"]) and not open_ports(),
        what="the watchdog to sweep",
        timeout_seconds=20,
    )
    assert not psutil.pid_exists(state["supervisor_pid"])
    assert assay(project, "status").returncode == 3
    assert assay(project, "down").returncode == 0
    assert assay(project, "up", "--stack", "full", "--workers", "1").returncode == 0
    handle = (await connect_client("127.0.0.1:7233")).get_workflow_handle("order-1")
    assert await handle.result() == "packed 1", "what was accepted before the kill is done after it"


async def test_down_sweeps_what_a_killed_supervisor_and_its_killed_watchdog_left(project: Path) -> None:
    assert assay(project, "up", "--stack", "full", "--workers", "1").returncode == 0
    state = state_of(project)
    supervisor = psutil.Process(state["supervisor_pid"])
    (watchdog,) = [child for child in supervisor.children() if "harness.stack.processes.watchdog" in child.cmdline()]
    watchdog.kill()
    supervisor.kill()
    psutil.wait_procs([supervisor], timeout=10)
    assert processes_of(state["stack_id"]), "nobody was there to sweep"
    down = assay(project, "down")
    assert re.fullmatch(r"the stack is down \(\d+ left-over processes were ended\)\n", down.stdout)
    assert processes_of(state["stack_id"]) == []


async def test_down_ends_one_stack_and_no_other(project: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    async with full_stack(tmp_path_factory.mktemp("other")) as other:
        assert assay(project, "up", "--stack", "full", "--workers", "0").returncode == 0
        assert await other.packed(1) == "packed 1"
        assert assay(project, "down").stdout == "the stack is down\n"
        assert open_ports() == []
        assert await other.packed(2) == "packed 2"


def test_a_port_that_is_taken_is_named_with_its_holder(project: Path) -> None:
    with socket.create_server(("127.0.0.1", 5433)):
        up = assay(project, "up", "--stack", "full")
    assert up.returncode == 3
    assert f"port 5433 (PostgreSQL) is taken by process {os.getpid()}" in up.stderr
