"""Hooks for ``Surroundings``: what is asked waits, or fails."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field


@dataclass
class Gate:
    """For ``before``: one operation waits until the gate is opened."""

    operation: str
    reached: asyncio.Event = field(default_factory=asyncio.Event)
    opened: asyncio.Event = field(default_factory=asyncio.Event)

    async def __call__(self, operation: str) -> None:
        """Wait when it is this operation."""
        if operation == self.operation:
            self.reached.set()
            await self.opened.wait()


@dataclass
class Failing:
    """For ``before``: one operation fails until it is mended."""

    operation: str
    error: Exception
    mended: bool = False
    calls: int = 0

    async def __call__(self, operation: str) -> None:
        """Fail when it is this operation."""
        if operation == self.operation and not self.mended:
            self.calls += 1
            raise self.error
