"""What goes wrong in memory is what the caller says, in the caller's time, without an event loop."""

from __future__ import annotations

from collections.abc import Awaitable, Coroutine, Generator
from dataclasses import dataclass, field
from email.message import EmailMessage
from typing import Any, TypeVar

import aiosmtplib
import httpx
import pytest

from scenarios.world.clock import Clock
from scenarios.world.faults import Arrival, Fate
from scenarios.world.holds import HoldPoint
from scenarios.world.in_memory.world import PORTS, MemoryWorld, memory_world
from scenarios.world.in_process import entry
from scenarios.world.register import Request

Result = TypeVar("Result")


class Waiting:
    """Something that takes time."""

    def __await__(self) -> Generator[str, None, None]:
        yield "waits"


def driven(call: Coroutine[Any, Any, Result]) -> tuple[Result, int]:
    """What a call returns, and how often it waited."""
    waits = 0
    while True:
        try:
            assert call.send(None) == "waits"
        except StopIteration as ended:
            return ended.value, waits
        waits += 1


@dataclass
class Inline:
    """Work is done by whoever waits for it."""

    begun: list[Coroutine[Any, Any, None]] = field(default_factory=list)

    async def to_the_end(self, work: Coroutine[Any, Any, Result]) -> Result:
        return await work

    def spawn(self, work: Coroutine[Any, Any, None]) -> None:
        self.begun.append(work)


@dataclass
class Says:
    """Faults of the first request alone."""

    fate: Fate = field(default_factory=Fate)
    ends_at: HoldPoint | None = None
    waits_at: HoldPoint | None = None
    over: bool = False

    async def arriving(self, request: Request) -> Fate:
        fate, self.fate = self.fate, Fate()
        return fate

    async def stand(self, arrival: Arrival, point: HoldPoint) -> bool:
        if point is self.waits_at:
            await Waiting()
        ends, self.ends_at = point is self.ends_at, None if point is self.ends_at else self.ends_at
        return not ends


@dataclass
class Here:
    """A world whose time its caller tells."""

    faults: Says
    seconds: float = 0.0

    async def sleep(self, seconds: float) -> None:
        self.seconds += seconds
        if seconds:
            await Waiting()

    def world(self) -> MemoryWorld:
        clock = Clock(lambda: self.seconds, lambda: 1.0e9 + self.seconds, self.sleep)
        return memory_world(clock, Inline(), faults=self.faults)


def book(world: MemoryWorld) -> tuple[Any, int]:
    """Book under one key: the status, and how often that waited."""

    async def call() -> int | str:
        async with httpx.AsyncClient(transport=world.http) as client:
            url = f"http://127.0.0.1:{PORTS['accounting']}/entries"
            try:
                return (await client.post(url, json=entry(), headers={"Idempotency-Key": "k1"})).status_code
            except httpx.TransportError as error:
                return type(error).__name__

    return driven(call())


def outcomes(world: MemoryWorld) -> list[str]:
    return [attempt.outcome for attempt in world.part().world_attempts]


@pytest.mark.parametrize(
    ("faults", "first", "seen"),
    [
        (Says(), 201, ["accepted", "replayed"]),
        (Says(Fate(refuse=True)), 400, ["refused", "accepted"]),
        (Says(Fate(error_status=503)), 503, ["error", "accepted"]),
        (Says(Fate(twice=True)), 201, ["accepted", "replayed", "replayed"]),
        (Says(ends_at=HoldPoint.BEFORE_EFFECT), "RemoteProtocolError", ["abandoned", "accepted"]),
        (Says(ends_at=HoldPoint.DROP_ACK), "RemoteProtocolError", ["dropped", "replayed"]),
    ],
)
def test_each_fault_is_answered_and_recorded_and_the_next_attempt_books_once(
    faults: Says, first: int | str, seen: list[str]
) -> None:
    world = Here(faults).world()
    assert book(world) == (first, 0)
    assert book(world) == (201, 0)
    assert outcomes(world) == seen
    assert len(world.part().effects) == 1


@pytest.mark.parametrize("point", list(HoldPoint))
def test_a_request_waits_where_its_caller_waits(point: HoldPoint) -> None:
    world = Here(Says(waits_at=point)).world()
    assert book(world) == (201, 1)


def test_latency_is_in_the_callers_time_and_in_the_record() -> None:
    here = Here(Says(Fate(latency_seconds=86_400.0)))
    world = here.world()
    assert book(world) == (201, 1)
    [attempt], [effect] = world.part().world_attempts, world.part().effects
    assert (attempt.at_seconds, effect.at_seconds, attempt.replied_seconds) == (0.0, 86_400.0, 86_400.0)


def test_while_one_waits_before_its_effect_another_with_its_key_is_told_so() -> None:
    world = Here(Says(waits_at=HoldPoint.BEFORE_EFFECT)).world()

    async def call() -> int:
        async with httpx.AsyncClient(transport=world.http) as client:
            url = f"http://127.0.0.1:{PORTS['accounting']}/entries"
            return (await client.post(url, json=entry(), headers={"Idempotency-Key": "k1"})).status_code

    first = call()
    first.send(None)
    assert driven(call()) == (409, 0)
    assert driven(first) == (201, 0)
    assert outcomes(world) == ["accepted", "in_flight"]


def mailed(world: MemoryWorld) -> Awaitable[None]:
    message = EmailMessage()
    message["Message-ID"], message["Subject"] = "<1@example.com>", "Invoice INV-1"
    message.set_content("please pay")
    return world.smtp(message.as_bytes(), sender="us@example.com", recipients=["you@example.com"])


async def test_a_mail_that_arrives_twice_is_two_mails() -> None:
    world = Here(Says(Fate(twice=True))).world()
    await mailed(world)
    assert [effect.key for effect in world.part().effects] == ["<1@example.com>"] * 2


async def test_mail_fails_as_its_protocol_says() -> None:
    world = Here(Says(Fate(error_status=503))).world()
    with pytest.raises(aiosmtplib.SMTPDataError, match="try again later") as caught:
        await mailed(world)
    assert caught.value.code == 451
    world = Here(Says(ends_at=HoldPoint.DROP_ACK)).world()
    with pytest.raises(aiosmtplib.SMTPServerDisconnected):
        await mailed(world)
    assert outcomes(world) == ["dropped"]
