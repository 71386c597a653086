"""Two processes, one lock."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

import pytest

from harness.errors import WaitTimeout
from harness.poll import eventually
from harness.stack.programs.turn import one_at_a_time

HOLDER = """
import asyncio, sys
from pathlib import Path
from harness.stack.programs.turn import one_at_a_time

async def hold():
    async with one_at_a_time(Path(sys.argv[1]), timeout_seconds=60, waiting=print):
        print("held", flush=True)
        sys.stdin.read()

asyncio.run(hold())
"""


async def holder(lock: Path) -> asyncio.subprocess.Process:
    """Another process that holds the lock until its input ends."""
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", HOLDER, str(lock), stdin=pipe, stdout=pipe)
    assert process.stdout is not None
    assert await asyncio.wait_for(process.stdout.readline(), 60) == b"held\n"
    return process


async def test_the_second_waits_for_the_first_and_says_for_whom(tmp_path: Path) -> None:
    lock = tmp_path / "lock"
    first = await holder(lock)
    said: list[str] = []
    entered = asyncio.Event()

    async def second() -> None:
        async with one_at_a_time(lock, timeout_seconds=60, waiting=said.append):
            entered.set()

    task = asyncio.create_task(second())
    await eventually(lambda: said, what="a word about the holder", timeout_seconds=60)
    assert said[0] == f"waiting for process {first.pid}"
    assert not entered.is_set()
    assert first.stdin is not None
    first.stdin.close()
    await asyncio.wait_for(task, 60)
    assert await first.wait() == 0


async def test_a_killed_holder_holds_nothing(tmp_path: Path) -> None:
    first = await holder(tmp_path / "lock")
    first.kill()
    await first.wait()
    async with one_at_a_time(tmp_path / "lock", timeout_seconds=0, waiting=pytest.fail):
        pass


async def test_the_wait_is_bounded_and_its_error_names_the_holder(tmp_path: Path) -> None:
    first = await holder(tmp_path / "lock")
    with pytest.raises(WaitTimeout, match=f"process {first.pid} holds it"):
        async with one_at_a_time(tmp_path / "lock", timeout_seconds=0.3, waiting=lambda _: None):
            pass
    first.kill()
    await first.wait()
