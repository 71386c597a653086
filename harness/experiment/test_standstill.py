"""Help comes when nothing goes on, and not before; what no help brings on is given up."""

from __future__ import annotations

import asyncio
import itertools
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from temporalio.service import RPCError, RPCStatusCode

from harness.experiment.standstill import Standstill, help_at_a_standstill, help_to_the_end
from harness.experiment.testing_time import in_virtual_time

SECONDS = 0.05


@asynccontextmanager
async def helping(
    progress: Callable[[], object], *, fails: Exception | None = None
) -> AsyncIterator[asyncio.Queue[float]]:
    """A helper at work. Gives when it helped, in seconds of the host's clock; ``fails`` is what comes of it."""
    helped: asyncio.Queue[float] = asyncio.Queue()

    async def help_on() -> None:
        helped.put_nowait(time.monotonic())
        if fails is not None:
            raise fails

    task = asyncio.create_task(help_at_a_standstill(progress, help_on, seconds=SECONDS))
    try:
        async with asyncio.timeout(10):
            yield helped
        assert not task.done(), "only who cancels it ends it"
    finally:
        task.cancel()


@in_virtual_time
async def test_what_stands_still_for_so_long_is_helped_and_after_as_long_again() -> None:
    began = time.monotonic()
    async with helping(lambda: 7) as helped:
        first, second = await helped.get(), await helped.get()
    assert first - began >= SECONDS
    assert second - first >= SECONDS


@in_virtual_time
async def test_it_stands_still_from_the_last_thing_that_went_on() -> None:
    looks: list[float] = []

    def progress() -> int:
        # Goes on for five times as long as a standstill takes, at four looks each.
        if len(looks) < 20:
            looks.append(time.monotonic())
        return len(looks)

    async with helping(progress) as helped:
        assert await helped.get() - looks[-1] >= SECONDS


@in_virtual_time
async def test_help_that_a_server_was_not_there_for_is_tried_again() -> None:
    async with helping(lambda: 7, fails=RPCError("away", RPCStatusCode.UNAVAILABLE, b"")) as helped:
        await helped.get()
        await helped.get()


@in_virtual_time
async def test_what_goes_on_is_left_alone() -> None:
    looked = asyncio.Event()
    numbers = itertools.count()

    def progress() -> int:
        number = next(numbers)
        if number == 20:
            looked.set()
        return number

    async with helping(progress) as helped:
        await looked.wait()
        assert helped.empty()


async def no_help() -> None:
    pass


async def _nothing(until: asyncio.Event) -> None:
    await until.wait()


@in_virtual_time
async def test_what_is_done_is_helped_no_more() -> None:
    helped: list[float] = []

    async def help_on() -> None:
        helped.append(time.monotonic())

    task = asyncio.create_task(asyncio.sleep(0.02))
    assert await help_to_the_end(task, Standstill(lambda: 7), help_on, seconds=10)
    assert len(helped) == 1


@in_virtual_time
async def test_what_stands_still_for_all_the_help_is_given_up() -> None:
    task = asyncio.create_task(_nothing(asyncio.Event()))
    assert not await help_to_the_end(task, Standstill(lambda: 7), no_help, seconds=SECONDS)
    await asyncio.wait([task])
    assert task.cancelled()


@in_virtual_time
async def test_what_has_a_schedule_does_not_stand_still_before_its_end() -> None:
    task = asyncio.create_task(_nothing(asyncio.Event()))
    still = Standstill(lambda: 7, begins_seconds=(ends := time.monotonic() + 5 * SECONDS))
    assert not await help_to_the_end(task, still, no_help, seconds=SECONDS)
    assert time.monotonic() >= ends + SECONDS


@in_virtual_time
async def test_help_is_tried_again_when_the_server_has_just_come_back() -> None:
    helped: list[float] = []

    async def help_on() -> None:
        helped.append(time.monotonic())
        raise RPCError("away", RPCStatusCode.UNAVAILABLE, b"")

    task = asyncio.create_task(asyncio.sleep(SECONDS))
    assert await help_to_the_end(task, Standstill(lambda: 7), help_on, seconds=10)
    assert helped


@in_virtual_time
async def test_what_goes_on_is_never_given_up() -> None:
    numbers, over = itertools.count(), asyncio.Event()

    def progress() -> int:
        # At four looks in a standstill, five times as long as one.
        number = next(numbers)
        if number == 20:
            over.set()
        return number

    task = asyncio.create_task(_nothing(over))
    assert await help_to_the_end(task, Standstill(progress), no_help, seconds=SECONDS)
