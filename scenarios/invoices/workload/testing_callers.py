"""A caller for tests of single calls: its application is a function, and what it is sent is kept."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import httpx

from harness.record.journal import Journal

SECRET = "the shared one"


@dataclass
class Asked:
    """A caller whose application answers by a function, and what it was sent."""

    answer: Callable[[httpx.Request], httpx.Response]
    journal: Journal
    sent: list[httpx.Request] = field(default_factory=list)
    environment: Mapping[str, str] = field(
        default_factory=lambda: {"TRAF3LI_API_ADDRESS": "127.0.0.1:1", "TRAF3LI_WEBHOOK_SECRET": SECRET}
    )
    world_ports: Mapping[str, int] = field(default_factory=dict)

    def _answered(self, request: httpx.Request) -> httpx.Response:
        self.sent.append(request)
        return self.answer(request)

    @property
    def http(self) -> httpx.AsyncClient:
        return httpx.AsyncClient(transport=httpx.MockTransport(self._answered))
