"""asyncio in virtual time: sleeping, time-outs, threads, death, and what is refused."""

from __future__ import annotations

import asyncio
import contextlib
import sqlite3
import subprocess
import threading
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from harness.sim.kernel.loop import REFUSED, VirtualLoop, virtual_loop
from harness.sim.kernel.timeline import DAY, SECOND, Timeline
from harness.sim.refusal import NotSimulated


def lived(work: Callable[[], Awaitable[Any]], until: int = 400 * DAY) -> tuple[Any, Timeline]:
    """What the work returns or raises on a loop of its own."""
    timeline = Timeline(0)
    loop = virtual_loop(timeline, "process")

    async def live() -> Any:
        return await work()

    task = loop.create_task(live())
    try:
        while timeline.step(until):
            pass
    except NotSimulated as error:
        return error, timeline
    if timeline.refused is not None:
        return timeline.refused, timeline
    assert asyncio._get_running_loop() is None
    return (task.exception() or task.result()) if task.done() else "never ended", timeline


def test_sleeping_takes_virtual_time_to_the_nanosecond() -> None:
    async def work() -> float:
        await asyncio.sleep(300 * 86400)
        await asyncio.sleep(0.000_000_5)
        return asyncio.get_running_loop().time()

    result, timeline = lived(work)
    assert timeline.now == 300 * DAY + 500
    assert result == pytest.approx(300 * 86400)


def test_timeouts_gather_and_events() -> None:
    async def late(event: asyncio.Event) -> str:
        await asyncio.sleep(5)
        event.set()
        return "late"

    async def work() -> Any:
        event = asyncio.Event()
        seen = await asyncio.gather(late(event), event.wait(), return_exceptions=True)
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(asyncio.sleep(10), 3)
        async with asyncio.timeout(60):
            await asyncio.sleep(59)
        return seen

    result, timeline = lived(work)
    assert result == ["late", True]
    assert timeline.now == (5 + 3 + 59) * SECOND


def test_a_thread_is_done_at_once() -> None:
    async def work() -> int:
        return await asyncio.to_thread(sum, (1, 2, 3))

    result, timeline = lived(work)
    assert (result, timeline.now) == (6, 0)


def test_a_thread_raises() -> None:
    async def work() -> None:
        await asyncio.to_thread(int, "x")

    assert isinstance(lived(work)[0], ValueError)


def test_nothing_happens_in_a_process_that_has_ended() -> None:
    timeline, seen = Timeline(0), list[str]()
    loop = virtual_loop(timeline, "process")

    async def work() -> None:
        try:
            await asyncio.sleep(10)
        finally:
            seen.append("finally")

    task = loop.create_task(work())
    timeline.after(5 * SECOND, lambda: setattr(loop, "ended", True))
    while timeline.step(DAY):
        pass
    assert seen == []
    assert not task.done()
    task._log_destroy_pending = False  # type: ignore[attr-defined]


def test_waiting_for_ever_without_time_is_refused() -> None:
    async def work() -> None:
        again = asyncio.get_running_loop().call_soon

        def turn() -> None:
            again(turn)

        turn()
        await asyncio.sleep(1)

    assert "runs for ever" in str(lived(work)[0])


def connect() -> Any:
    return asyncio.open_connection("127.0.0.1", 9)


def sleep_in_earnest() -> Any:
    return asyncio.to_thread(time.sleep, 0.001)


def start_a_process() -> Any:
    return asyncio.to_thread(subprocess.run, ["true"])


def write_a_file() -> Any:
    return asyncio.to_thread(Path("never-written").write_text, "x")


def open_a_database() -> Any:
    return asyncio.to_thread(sqlite3.connect, "never-written")


def start_a_thread() -> Any:
    return asyncio.to_thread(threading.Thread(target=print).start)


@pytest.mark.parametrize(
    ("work", "word"),
    [
        (start_a_thread, "threading.Thread"),
        (connect, "create_connection"),
        (sleep_in_earnest, "time.sleep"),
        (start_a_process, "Popen"),
        (write_a_file, "open"),
        (open_a_database, "sqlite3.connect"),
    ],
)
def test_the_outside_is_refused_by_name(work: Callable[[], Any], word: str) -> None:
    result, timeline = lived(work)
    assert isinstance(result, NotSimulated)
    assert word in str(result)
    assert timeline.refused is result
    assert not Path("never-written").exists()


@pytest.mark.parametrize("database", ["", ":memory:", "file:books?mode=memory&cache=shared"])
def test_a_database_in_memory_is_none_of_the_outside(database: str) -> None:
    async def count() -> Any:
        with contextlib.closing(sqlite3.connect(database, uri=True)) as connection:
            return connection.execute("select 1").fetchone()

    assert lived(count)[0] == (1,)


def test_the_outside_is_there_again_afterwards(tmp_path: Path) -> None:
    lived(sleep_in_earnest)
    time.sleep(0.001)
    assert (tmp_path / "written").write_text("x") == 1


def test_every_method_of_a_loop_is_there_or_refused() -> None:
    base = asyncio.AbstractEventLoop
    missing = {name for name in dir(base) if getattr(VirtualLoop, name) is getattr(base, name)}
    assert {name for name in missing if not name.startswith("_")} == UNUSED
    assert set(REFUSED) <= set(dir(base))


UNUSED = {
    *("set_debug", "set_default_executor", "set_exception_handler", "set_task_factory"),
    "default_exception_handler",
}
