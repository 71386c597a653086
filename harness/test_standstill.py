"""Help comes when nothing goes on, and not before."""

from __future__ import annotations

import asyncio
import itertools

from harness.standstill import help_at_a_standstill


async def test_what_stands_still_is_helped_again_and_again() -> None:
    helped = asyncio.Semaphore(0)

    async def help_on() -> None:
        helped.release()

    helping = asyncio.create_task(help_at_a_standstill(lambda: 7, help_on, seconds=0.05))
    async with asyncio.timeout(10):
        await helped.acquire()
        await helped.acquire()
    helping.cancel()


async def test_what_goes_on_is_left_alone() -> None:
    counted = asyncio.Event()
    numbers = itertools.count()

    def progress() -> int:
        number = next(numbers)
        if number == 20:
            counted.set()
        return number

    async def help_on() -> None:
        raise AssertionError("nothing stood still")

    helping = asyncio.create_task(help_at_a_standstill(progress, help_on, seconds=0.02))
    async with asyncio.timeout(10):
        await counted.wait()
    assert not helping.done()
    helping.cancel()
