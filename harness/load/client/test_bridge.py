"""The bridge keeps greenlets and an event loop apart, and lets each wait for the other."""

from __future__ import annotations

import asyncio
import os
import sys
import threading
from collections.abc import Iterator

import gevent
import pytest

from harness.errors import HarnessDefect
from harness.load.client.bridge import Bridge
from harness.poll import eventually

LONGEST_SECONDS = 60.0


@pytest.fixture
def bridge() -> Iterator[Bridge]:
    bridge = Bridge()
    yield bridge
    bridge.close()


async def slow(seconds: float, value: int = 7) -> int:
    await asyncio.sleep(seconds)
    return value


def test_a_call_gives_what_the_coroutine_returns_from_another_thread(bridge: Bridge) -> None:
    async def where() -> int:
        return threading.get_ident()

    assert bridge.call(where(), timeout_seconds=LONGEST_SECONDS) != threading.get_ident()


def test_a_hundred_greenlets_wait_at_once(bridge: Bridge) -> None:
    begun: list[int] = []
    all_wait = asyncio.Event()

    async def wait_for_all(number: int) -> int:
        begun.append(number)
        if len(begun) == 100:
            all_wait.set()
        await all_wait.wait()
        return number

    waiting = [
        gevent.spawn(bridge.call, wait_for_all(number), timeout_seconds=LONGEST_SECONDS) for number in range(100)
    ]
    gevent.joinall(waiting, timeout=LONGEST_SECONDS)
    assert [each.value for each in waiting] == list(range(100))


def test_the_hub_goes_on_while_a_call_waits(bridge: Bridge) -> None:
    ticks = 0

    def tick() -> None:
        nonlocal ticks
        while True:
            ticks += 1
            gevent.sleep(0.01)

    ticking = gevent.spawn(tick)
    ticked = eventually(lambda: ticks > 5, what="the hub to go on", timeout_seconds=LONGEST_SECONDS)
    bridge.call(ticked, timeout_seconds=2 * LONGEST_SECONDS)
    ticking.kill()


def test_an_exception_comes_back_as_it_is(bridge: Bridge) -> None:
    async def fail() -> None:
        raise KeyError("no such invoice")

    with pytest.raises(KeyError, match="no such invoice"):
        bridge.call(fail(), timeout_seconds=LONGEST_SECONDS)


def test_a_time_out_cancels_the_coroutine(bridge: Bridge) -> None:
    begun, cancelled = threading.Event(), threading.Event()

    async def forever() -> None:
        begun.set()
        try:
            await asyncio.Event().wait()
        finally:
            cancelled.set()

    while not begun.is_set():  # on a busy machine the time is over before that
        with pytest.raises(TimeoutError, match=r"0\.05 s"):
            bridge.call(forever(), timeout_seconds=0.05)
    assert cancelled.wait(LONGEST_SECONDS)


def test_a_killed_greenlet_takes_its_coroutine_along(bridge: Bridge) -> None:
    begun, cancelled = threading.Event(), threading.Event()

    async def forever() -> None:
        begun.set()
        try:
            await asyncio.Event().wait()
        finally:
            cancelled.set()

    waiting = gevent.spawn(bridge.call, forever(), timeout_seconds=60)
    gevent.sleep(0)
    assert begun.wait(LONGEST_SECONDS)
    waiting.kill()
    assert cancelled.wait(LONGEST_SECONDS)


def test_close_cancels_what_is_under_way_and_can_be_called_again(bridge: Bridge) -> None:
    pending = bridge.begin(slow(60))
    bridge.close()
    with pytest.raises(asyncio.CancelledError):
        pending.result(timeout_seconds=LONGEST_SECONDS)
    bridge.close()


def test_what_is_cancelled_before_its_first_step_is_told_so(bridge: Bridge) -> None:
    """The loop gets to know of both at once, as when it was held up in between."""
    held, go = threading.Event(), threading.Event()

    async def hold() -> None:
        held.set()
        go.wait(LONGEST_SECONDS)

    bridge.begin(hold())
    assert held.wait(LONGEST_SECONDS)
    pending = bridge.begin(slow(60))
    bridge.cancel(pending)
    go.set()
    with pytest.raises(asyncio.CancelledError):
        pending.result(timeout_seconds=LONGEST_SECONDS)


@pytest.mark.skipif(sys.platform == "win32", reason="no fork there")
def test_the_bridge_of_another_process_is_refused(bridge: Bridge, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(os, "getpid", lambda: -1)
        with pytest.raises(HarnessDefect, match="connect at the start of the test"):
            bridge.begin(slow(0))
