"""What may go wrong with a request on its way through the world: asked when it arrives, before its effect and after it.

Data flow: a request → intake → **faults** → how it goes on. Behind sockets they are what the control port has set:
knobs and holds (``knobs``, ``board``). In memory they are the caller's.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from scenarios.world.holds import HoldPoint
from scenarios.world.register import Request


@dataclass(frozen=True)
class Fate:
    """What is to become of one request, as soon as it has arrived.

    :param latency_seconds: pass before its effect.
    :param error_status: with which it fails before any effect (SMTP: always 451); ``None`` when it does not fail.
    :param refuse: it is turned down for good.
    :param twice: a copy of it arrives right after it, and the client hears the answer to the copy.
    """

    latency_seconds: float = 0.0
    error_status: int | None = None
    refuse: bool = False
    twice: bool = False


@dataclass(frozen=True)
class Arrival:
    """A new request on its way through the world, with the world's name for it (``attempt_id``).

    ``ordinal`` counts the new requests of its service and operation, from 1.
    """

    request: Request
    ordinal: int
    attempt_id: str


class Faults(Protocol):
    """Decides how requests go on. Both calls may wait as long as they like; the request waits with them."""

    async def arriving(self, request: Request) -> Fate:
        """The fate of a request that has just arrived, new or not."""

    async def stand(self, arrival: Arrival, point: HoldPoint) -> bool:
        """Whether a new request goes on at this point; it is asked at each, in their order.

        One that does not go on ends there, and its connection is closed without a word: before its effect it is
        abandoned and has none; where acknowledgements are dropped it has had its effect. After the commit a request
        can only be made to wait.
        """


class NoFaults:
    """A world that behaves."""

    async def arriving(self, request: Request) -> Fate:
        """Nothing happens to it."""
        return Fate()

    async def stand(self, arrival: Arrival, point: HoldPoint) -> bool:
        """It goes on."""
        return True
