"""A world inside this process on free ports, with clients for it: what the tests of its services stand on.

Not covered: what happens when the process dies; ``test_restart`` starts real ones.
"""

from __future__ import annotations

import contextlib
import socket
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from harness.record.journal import read_journal
from scenarios.world import world
from scenarios.world.serving import Settings, serving

SECRET = "a secret for tests"


@dataclass(frozen=True)
class Running:
    """A world that runs: its journal, its attachments, its ports, and a client for its HTTP services."""

    journal: Path
    attachments: Path
    ports: Mapping[str, int]
    client: httpx.AsyncClient

    def url(self, service: str, path: str) -> str:
        """The URL of a path at one of its services."""
        return f"http://127.0.0.1:{self.ports[service]}{path}"

    def records(self, kind: str) -> list[dict[str, Any]]:
        """What it has written so far, of this kind."""
        return [record for record in read_journal(self.journal) if record["kind"] == kind]

    async def hold(self, service: str, operation: str, point: str, *, nth: int = 1, seconds: float = 30) -> str:
        """Arm a hold and return its id."""
        body = {
            "service": service,
            "operation": operation,
            "nth": nth,
            "point": point,
            "release_after_seconds": seconds,
        }
        return await self._armed(body)

    async def hold_next(self, effect: str, point: str, *, seconds: float = 30) -> str:
        """Arm a hold for the next effect of this kind and return its id."""
        return await self._armed({"effect": effect, "point": point, "release_after_seconds": seconds})

    async def held(self, hold_id: str, *, wait_seconds: float = 60) -> dict[str, Any]:
        """Wait until the hold has left "armed" and return it."""
        wait = {"wait_seconds": wait_seconds}
        answer = await self.client.get(self.url("control", f"/holds/{hold_id}"), params=wait)
        return dict(answer.json())

    async def release(self, hold_id: str) -> dict[str, Any]:
        """Let the held request go on."""
        return dict((await self.client.delete(self.url("control", f"/holds/{hold_id}"))).json())

    async def abandon(self, hold_id: str) -> dict[str, Any]:
        """End the held request without its effect."""
        return dict((await self.client.post(self.url("control", f"/holds/{hold_id}/abandon"))).json())

    async def _armed(self, body: Mapping[str, Any]) -> str:
        answer = await self.client.post(self.url("control", "/holds"), json=body)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["hold_id"])


@contextlib.asynccontextmanager
async def running_world(folder: Path, *, webhook_url: str = "http://127.0.0.1:9/none") -> AsyncIterator[Running]:
    """A world whose journal is in ``folder``; entered again with the same folder, it goes on where it was."""
    with contextlib.ExitStack() as stack:
        sockets = {name: stack.enter_context(_listener()) for name in world.services}
        ports = {name: int(listener.getsockname()[1]) for name, listener in sockets.items()}
        settings = Settings(folder / "world.jsonl", folder / "attachments", webhook_url, SECRET)
        async with (
            httpx.AsyncClient(trust_env=False, timeout=90) as client,
            serving(settings, sockets),
        ):
            yield Running(settings.journal, settings.attachments, ports, client)


def _listener() -> socket.socket:
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setblocking(False)
    listener.bind(("127.0.0.1", 0))
    return listener


def entry(reference: str = "INV-0001", *, total: str = "115.00") -> dict[str, Any]:
    """A balanced entry for the accounting provider."""
    return {
        "reference": reference,
        "kind": "payment",
        "memo": f"payment for {reference}",
        "currency": "SAR",
        "lines": [
            {"account": "bank", "debit": total, "credit": "0.00"},
            {"account": "receivable", "debit": "0.00", "credit": total},
        ],
    }
