"""Waiting in tests: with pauses for what comes by itself, and not at all for an instant that the server can skip to."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

from temporalio.client import Client, WorkflowHandle
from temporalio.testing import TimeSkipper

PAUSE_SECONDS = 0.02
"""Short beside what a query takes. Asking without a pause keeps two processors busy that others wait for."""


async def until(holds: Callable[[], Awaitable[bool]], *, timeout_seconds: float = 60.0) -> None:
    """Ask until the answer is yes. :raises TimeoutError: it was not within so long."""
    async with asyncio.timeout(timeout_seconds):
        while True:
            if await holds():
                return
            await asyncio.sleep(PAUSE_SECONDS)


async def forward(client: Client, handle: WorkflowHandle[Any, Any], by: timedelta | None = None) -> None:
    """Have the clock of one workflow skip what it waits for; what is under way it waits for.

    :param by: how far it goes; ``None``: to the end of the workflow.
    """
    await TimeSkipper(client).fast_forward(handle, by)
