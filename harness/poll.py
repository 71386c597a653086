"""The one place in the project that polls. Every wait has a bound and says what it waited for."""

from __future__ import annotations

import asyncio
import inspect
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar, overload

from harness.errors import WaitTimeout

Value = TypeVar("Value")


@overload
async def eventually(
    probe: Callable[[], Awaitable[Value | None]],
    *,
    what: str,
    timeout_seconds: float,
    interval_seconds: float = ...,
    ignore: tuple[type[Exception], ...] = ...,
) -> Value: ...


@overload
async def eventually(
    probe: Callable[[], Value | None],
    *,
    what: str,
    timeout_seconds: float,
    interval_seconds: float = ...,
    ignore: tuple[type[Exception], ...] = ...,
) -> Value: ...


async def eventually(
    probe: Callable[[], object],
    *,
    what: str,
    timeout_seconds: float,
    interval_seconds: float = 0.05,
    ignore: tuple[type[Exception], ...] = (),
) -> object:
    """Call ``probe`` until it returns something truthy, and return that.

    :param probe: a function or coroutine function; ``None``, ``False`` and other falsy values mean "not yet".
    :param what: what is waited for, as it should stand in the error ("the API answers /healthz").
    :param timeout_seconds: the bound on the whole wait.
    :param interval_seconds: the pause between two probes.
    :param ignore: exceptions of the probe that mean "not yet"; any other ends the wait at once.
    :raises WaitTimeout: when the bound has passed; the message carries the last error or value seen.
    """
    deadline = time.monotonic() + timeout_seconds
    seen: object = None
    while True:
        try:
            answer = probe()
            value = await answer if inspect.isawaitable(answer) else answer
            if value:
                return value
            seen = value
        except ignore as error:
            seen = error
        if time.monotonic() >= deadline:
            raise WaitTimeout(f"waited {timeout_seconds:g} s for {what}; last seen: {seen!r}")
        await asyncio.sleep(interval_seconds)
