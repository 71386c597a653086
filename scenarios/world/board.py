"""The holds of one world, with the waiting: requests stop here, and the control port watches them and lets them go.

Holds are not durable: a restarted world has none, because the requests they held are gone too.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from scenarios.world.faults import Arrival
from scenarios.world.holds import OVER, Hold, HoldPoint, HoldRefused, HoldState, NextOf, Nth, parse_hold
from scenarios.world.register import Register


@dataclass
class _Place:
    """One hold and who waits on it: watchers until it leaves "armed", its request until it is over."""

    hold: Hold
    left_armed: asyncio.Event = field(default_factory=asyncio.Event)
    over: asyncio.Event = field(default_factory=asyncio.Event)
    bound: asyncio.TimerHandle | None = None


class Board:
    """All holds that were ever armed, by id. For one event loop."""

    def __init__(self, register: Register) -> None:
        self._register = register
        self._places: dict[str, _Place] = {}
        self._seen: set[tuple[str, str]] = set()
        self._first: set[str] = set()
        self._taken: set[str] = set()

    def arm(self, fields: Mapping[str, Any]) -> Hold:
        """Arm a hold.

        :raises HoldRefused: it is malformed, or its request has gone by.
        """
        hold = parse_hold(f"hold-{len(self._places) + 1}", fields)
        if isinstance(hold.wants, Nth):
            begun = self._register.begun(hold.wants.service, hold.wants.operation)
            if hold.wants.nth <= begun:
                kind = f"{hold.wants.service}/{hold.wants.operation}"
                raise HoldRefused(f"{begun} {kind} have already begun; nth must be beyond")
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

    def abandon(self, hold_id: str) -> Hold:
        """End the held request without its effect; nothing happens to a hold that is over.

        :raises KeyError: there is no such hold.
        :raises HoldRefused: its request has had its effect.
        """
        return self._change(self._places[hold_id], self._places[hold_id].hold.abandoned())

    def release_all(self) -> None:
        """Let everything go on: the world stops."""
        for hold_id in self._places:
            self.release(hold_id)

    async def stand(self, arrival: Arrival, point: HoldPoint) -> bool:
        """Stop here while a hold takes this request at this point; whether it goes on then (``faults``).

        Where acknowledgements are dropped nobody waits: such a hold stays engaged until its bound.
        """
        if point is HoldPoint.BEFORE_EFFECT:
            self._note(arrival)
        places = self._engage(arrival, point)
        if point is HoldPoint.DROP_ACK:
            return not places
        for place in places:
            await place.over.wait()
        return all(place.hold.state is not HoldState.ABANDONED for place in places)

    def _note(self, arrival: Arrival) -> None:
        """Whether it has come for the first time: holds by kind take no other.

        Whoever comes again was cut off before, and each cut costs the application one of its attempts; or another has
        come meanwhile, and nobody waits for the answer to this one.
        """
        request = arrival.request
        known = (f"{request.service}/{request.operation}", request.key or request.reference)
        if known not in self._seen:
            self._seen.add(known)
            self._first.add(arrival.attempt_id)

    def _engage(self, arrival: Arrival, point: HoldPoint) -> list[_Place]:
        request = arrival.request
        places = []
        for place in self._places.values():
            if place.hold.takes(request, arrival.ordinal, point) and self._may_take(place.hold, arrival):
                self._change(place, place.hold.engaged(request, arrival.attempt_id, round(time.monotonic(), 6)))
                bound = place.hold.release_after_seconds
                place.bound = asyncio.get_running_loop().call_later(bound, self._expire, place)
                places.append(place)
        return places

    def _may_take(self, hold: Hold, arrival: Arrival) -> bool:
        """Whether this hold may have the request: of all holds by kind only one ever has."""
        if not isinstance(hold.wants, NextOf):
            return True
        free = arrival.attempt_id in self._first and arrival.attempt_id not in self._taken
        self._taken.add(arrival.attempt_id)
        return free

    def _expire(self, place: _Place) -> None:
        self._change(place, place.hold.expired())

    def _change(self, place: _Place, hold: Hold) -> Hold:
        place.hold = hold
        if hold.state is not HoldState.ARMED:
            place.left_armed.set()
        if hold.state in OVER:
            place.over.set()
            if place.bound is not None:
                place.bound.cancel()
        return hold
