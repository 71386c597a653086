"""The holds of one world, with the waiting: requests stop here, and the control port watches and releases them.

Holds are not durable: a restarted world has none, because the requests they held are gone too.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from scenarios.world.holds import Hold, HoldPoint, HoldRefused, HoldState, parse_hold
from scenarios.world.ledger import Request


@dataclass
class _Place:
    """One hold and who waits on it: watchers until it leaves "armed", its request until it is over."""

    hold: Hold
    left_armed: asyncio.Event = field(default_factory=asyncio.Event)
    over: asyncio.Event = field(default_factory=asyncio.Event)
    bound: asyncio.TimerHandle | None = None


class Board:
    """All holds that were ever armed, by id. For one event loop."""

    def __init__(self) -> None:
        self._places: dict[str, _Place] = {}

    def arm(self, fields: Mapping[str, Any], begun: int) -> Hold:
        """Arm a hold.

        :param begun: how many new requests of its kind have already begun.
        :raises HoldRefused: it is malformed, or its request has gone by.
        """
        hold = parse_hold(f"hold-{len(self._places) + 1}", fields)
        if hold.nth <= begun:
            raise HoldRefused(f"{begun} {hold.service}/{hold.operation} have already begun; nth must be beyond")
        self._places[hold.hold_id] = _Place(hold)
        return hold

    def get(self, hold_id: str) -> Hold:
        """The hold as it stands.

        :raises KeyError: there is no such hold.
        """
        return self._places[hold_id].hold

    async def wait_left_armed(self, hold_id: str, wait_seconds: float) -> Hold:
        """The hold once it has left "armed", or as it stands after ``wait_seconds``.

        :raises KeyError: there is no such hold.
        """
        place = self._places[hold_id]
        # No error is hidden: waiting on an event raises nothing else, and a hold that is still "armed" says it all.
        with suppress(TimeoutError):
            async with asyncio.timeout(wait_seconds):
                await place.left_armed.wait()
        return place.hold

    def release(self, hold_id: str) -> Hold:
        """Let the held request go on; nothing happens to a hold that is over.

        :raises KeyError: there is no such hold.
        """
        return self._change(self._places[hold_id], self._places[hold_id].hold.released())

    def release_all(self) -> None:
        """Let everything go on: the world stops."""
        for hold_id in self._places:
            self.release(hold_id)

    async def stand(self, request: Request, ordinal: int, point: HoldPoint) -> None:
        """Stop here while a hold takes this request at this point."""
        for place in self._engage(request, ordinal, point):
            await place.over.wait()

    def drops(self, request: Request, ordinal: int) -> bool:
        """Whether the acknowledgement of this request is to be dropped. The hold stays engaged until its bound."""
        return bool(self._engage(request, ordinal, HoldPoint.DROP_ACK))

    def _engage(self, request: Request, ordinal: int, point: HoldPoint) -> list[_Place]:
        places = [
            place
            for place in self._places.values()
            if place.hold.takes(request.service, request.operation, ordinal, point)
        ]
        for place in places:
            self._change(place, place.hold.engaged(request.reference, request.key, round(time.monotonic(), 6)))
            place.bound = asyncio.get_running_loop().call_later(place.hold.release_after_seconds, self._expire, place)
        return places

    def _expire(self, place: _Place) -> None:
        self._change(place, place.hold.expired())

    def _change(self, place: _Place, hold: Hold) -> Hold:
        place.hold = hold
        if hold.state is not HoldState.ARMED:
            place.left_armed.set()
        if hold.state in (HoldState.RELEASED, HoldState.EXPIRED):
            place.over.set()
            if place.bound is not None:
                place.bound.cancel()
        return hold
