"""How load tests end that are not as they should be, against a real Temporal server; the stub shows more of them.

Where a server lives, what it counts of a test when all has settled is what we count.
"""

from __future__ import annotations

import asyncio
import contextlib
import signal
import time
from collections.abc import AsyncIterator, Iterator
from functools import partial
from pathlib import Path

import pytest

from harness.load.bench.rig import Rig, server_rig
from harness.load.measure.measurements import Kind
from harness.load.testing_runs import Ended, ended, locust, on_port, run
from harness.poll import eventually
from harness.stack.client import connect_client
from harness.stack.processes.process import ManagedProcess

# One server for nearly all of them, so they stay in one process.
pytestmark = [pytest.mark.long, pytest.mark.xdist_group("endings"), pytest.mark.timeout(180)]

FILE = "harness/load/bench/user.py"
QUICK = ("-r", "10", "--think-seconds", "0.2", "--seed", "1")
TIMEOUT_SECONDS = 60.0


@pytest.fixture(scope="module")
async def rig() -> AsyncIterator[Rig]:
    async with server_rig() as rig:
        yield rig


async def count(address: str, query: str = "") -> int:
    """How many workflows the server has."""
    return (await (await connect_client(address)).count_workflows(query)).count


async def has_begun(address: str, workflows: int) -> bool:
    """Whether the server has so many workflows."""
    return await count(address) >= workflows


async def run_on(rig: Rig, folder: Path, *options: str, file: str = FILE) -> Ended:
    return await asyncio.to_thread(run, folder, file, ("--temporal-address", rig.address, *QUICK, *options))


@contextlib.contextmanager
def standing_still(process: ManagedProcess | None) -> Iterator[None]:
    assert process is not None
    process.signals.send(signal.SIGSTOP)
    try:
        yield
    finally:
        process.signals.send(signal.SIGCONT)


async def test_killed_users_are_no_successes(rig: Rig, tmp_path: Path) -> None:
    options = ("--temporal-address", rig.address, *QUICK, "-u", "4", "--drain-seconds", "0.3", "--settle-seconds", "3")
    with standing_still(rig.worker), locust(tmp_path, FILE, *options) as process:

        async def all_wait() -> bool:
            return await count(rig.address, "ExecutionStatus = 'Running'") == 4

        await eventually(all_wait, what="each user to wait for a workflow", timeout_seconds=TIMEOUT_SECONDS)
        process.send_signal(signal.SIGINT)
        done = await asyncio.to_thread(ended, process, tmp_path)
    assert done.code == 4, done.output
    [completion] = done.rows(Kind.COMPLETION)
    assert (completion.succeeded, completion.errors, completion.abandoned) == (0, (), 4)
    assert done.written is not None
    assert done.written["server"] == {"Running": 4}


async def test_users_that_do_nothing_are_not_green(rig: Rig, tmp_path: Path) -> None:
    done = await run_on(rig, tmp_path, "-u", "2", "-t", "1s", file="harness/load/testing_idle.py")
    assert done.code == 4, done.output
    assert "nothing was executed" in done.output


async def test_a_threshold_that_there_is_not_is_refused_before_anything_is_started(rig: Rig, tmp_path: Path) -> None:
    before = await count(rig.address)
    done = await run_on(rig, tmp_path, "-u", "1", "-t", "5s", "--thresholds", "complition.p99<5s, completion.p98<5s")
    assert (done.code, done.written) == (2, None), done.output
    assert "no row 'complition'" in done.output
    assert "no metric 'p98'" in done.output
    assert await count(rig.address) == before


async def test_a_master_and_two_workers_count_together_what_the_server_counts(rig: Rig, tmp_path: Path) -> None:
    port = on_port()
    schedule = ("--arrivals", "constant", "--rate", "10", "-t", "3s", "--thresholds", "offered>=1%")
    with locust(tmp_path, FILE, "--worker", *port) as one, locust(tmp_path, FILE, "--worker", *port) as other:
        done = await run_on(rig, tmp_path, *port, "--master", "--expect-workers", "2", *schedule)
        outputs = [(await asyncio.to_thread(ended, process, tmp_path)).output for process in (one, other)]
    assert done.code == 0, (done.output, *outputs)
    assert done.written is not None
    offered = done.written["offered"]
    # Each doing all of it would be twice as many.
    assert 0 < offered["begun"] <= offered["scheduled"] <= 10 * done.written["lasted_seconds"] + 2
    assert done.written["server"] == {"Completed": offered["begun"]}
    [completion] = done.rows(Kind.COMPLETION)
    assert completion.succeeded == offered["begun"]


async def test_a_server_that_dies_half_way_is_not_green_and_a_dead_one_cannot_be_reached(tmp_path: Path) -> None:
    limits = ("--operation-timeout-seconds", "1", "--drain-seconds", "2", "--settle-seconds", "1")
    async with server_rig() as own:
        assert own.server is not None
        for seconds in (8, 30):  # on a busy machine the shorter may be nearly over before the server dies
            before, folder, began = await count(own.address), tmp_path / str(seconds), time.monotonic()
            options = ("--temporal-address", own.address, *QUICK, "-u", "4", "-t", f"{seconds}s", *limits)
            with locust(folder, FILE, *options) as process:
                await eventually(
                    partial(has_begun, own.address, before + 4),
                    what="some workflows to be started",
                    timeout_seconds=TIMEOUT_SECONDS,
                )
                if time.monotonic() - began < seconds - 3 or seconds == 30:
                    await own.processes.kill(own.server)
                    half = await asyncio.to_thread(ended, process, folder)
                    break
        dead = await run_on(own, tmp_path / "dead", "-u", "1", "-t", "5s")
    assert half.code == 1, half.output
    assert "the server's counts could not be read" in half.output
    [start] = half.rows(Kind.START)
    # What was measured before is kept.
    assert start.succeeded > 0
    assert start.errors
    assert (dead.code, dead.written) == (3, None), dead.output
    assert f"Temporal at {own.address} cannot be reached" in dead.output
