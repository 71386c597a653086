"""The world, found by name: a process on real sockets that stands for everything outside the application.

The engine starts it, tells the application where it is, and later reads the record it left. What the world does is
``scenarios/world``; what is here is only the shape the engine needs, and the client of its control port.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import httpx

from harness.application.imported import theirs
from harness.application.offered import offered_by
from harness.errors import EnvironmentMissing
from harness.words import shown

CONTROL = "control"
PARTS = ("services", "command", "ready_url", "control_url", "environment")


class World(Protocol):
    """What the module named by ``[tool.assay] world`` offers as ``world``."""

    @property
    def services(self) -> Sequence[str]:
        """Names of the ports it listens on; one of them is "control"."""

    def command(
        self, ports: Mapping[str, int], journal: Path, attachments: Path, seed: int, environment: Mapping[str, str]
    ) -> Sequence[str]:
        """The arguments that start it.

        :param attachments: the folder for the contents that the journal names by their SHA-256 digest.
        """

    def ready_url(self, ports: Mapping[str, int]) -> str:
        """A URL that answers 200 once every port is open."""

    def control_url(self, ports: Mapping[str, int]) -> str:
        """The root of its control interface (holds and knobs)."""

    def environment(self, ports: Mapping[str, int], folder: Path, books: str | None) -> Mapping[str, str]:
        """The settings by which the application reaches it, and its own books.

        :param books: ``postgresql://...``, the database that the stack offers; ``None``: a file below ``folder``.
        """


def load_world(name: str) -> World:
    """Import the module ``name`` and return its ``world``.

    :raises UsageError: the module cannot be imported or offers no ``world``, or that is none.
    """
    world: World = offered_by(name, "world", "world", PARTS)
    with theirs(f"[tool.assay] world = {name!r}: its `services`"):
        if isinstance(world.services, str) or not {CONTROL} <= set(world.services):
            raise TypeError(f"must be a tuple of names, one of them {CONTROL!r}, and not {shown(world.services)}")
    return world


@dataclass(frozen=True)
class Hold:
    """A hold point as the world reports it. ``state`` is armed, engaged, released, abandoned or expired.

    Of the request that it took, ``service`` is where it arrived, ``at_seconds`` when it stood at the point, and
    ``attempt_id`` the world's name for it: `WorldAttempt` bears it, too.
    """

    hold_id: str
    state: str
    reference: str | None = None
    key: str | None = None
    attempt_id: str | None = None
    service: str | None = None
    at_seconds: float | None = None


class WorldControl:
    """The client of a world's control port. Every call has a time-out and raises on every answer but 2xx."""

    def __init__(self, url: str, client: httpx.AsyncClient | None = None) -> None:
        self._client = client or httpx.AsyncClient(base_url=url, timeout=15.0, trust_env=False, verify=False)
        self._changing = asyncio.Lock()

    async def arm_hold(
        self, service: str, operation: str, nth: int, point: str, *, release_after_seconds: float
    ) -> Hold:
        """Hold the ``nth`` effect of this kind at ``point`` ("before_effect", "after_commit", "drop_ack")."""
        body = {
            "service": service,
            "operation": operation,
            "nth": nth,
            "point": point,
            "release_after_seconds": release_after_seconds,
        }
        return _hold(await self._call("POST", "/holds", json=body))

    async def arm_next(self, effect: str, point: str, *, release_after_seconds: float) -> Hold:
        """Hold the next effect of this kind ("mail:reminder") at ``point``; it must come for the first time."""
        body = {"effect": effect, "point": point, "release_after_seconds": release_after_seconds}
        return _hold(await self._call("POST", "/holds", json=body))

    async def wait_for_hold(self, hold_id: str, *, wait_seconds: float) -> Hold:
        """Wait until the hold has left "armed", at most ``wait_seconds`` (up to 10)."""
        return _hold(await self._call("GET", f"/holds/{hold_id}", params={"wait_seconds": wait_seconds}))

    async def release(self, hold_id: str) -> None:
        """Let the held request go on. Idempotent."""
        await self._call("DELETE", f"/holds/{hold_id}")

    async def abandon(self, hold_id: str) -> None:
        """End the request that is held before its effect: it has none, and its connection is closed. Idempotent."""
        await self._call("POST", f"/holds/{hold_id}/abandon")

    async def set_knob(self, service: str, **knob: Any) -> None:
        """Set latency, error rate or refusal of one service; what is not named is reset."""
        await self._call("PUT", f"/knobs/{service}", json=knob)

    async def change_knob(self, service: str, **fields: Any) -> None:
        """Set these fields of one service's knob and leave the others; several callers do not undo each other's."""
        async with self._changing:
            before = (await self.knobs())[service]
            await self.set_knob(service, **{**before, **fields})

    async def knobs(self) -> dict[str, Any]:
        """The knobs of all services as the world has them now."""
        return await self._call("GET", "/knobs")

    async def close(self) -> None:
        """Close the connections."""
        await self._client.aclose()

    async def _call(self, method: str, path: str, **options: Any) -> dict[str, Any]:
        try:
            response = await self._client.request(method, path, **options)
        except httpx.HTTPError as error:
            raise EnvironmentMissing(f"the world does not answer {method} {path}: {error!r}") from error
        if not response.is_success:
            raise EnvironmentMissing(f"the world answers {method} {path} with {response.status_code}: {response.text}")
        answer: dict[str, Any] = response.json() if response.content else {}
        return answer


def _hold(answer: Mapping[str, Any]) -> Hold:
    taken = (answer.get(name) for name in ("reference", "key", "attempt_id", "service", "at_seconds"))
    return Hold(answer["hold_id"], answer["state"], *taken)
