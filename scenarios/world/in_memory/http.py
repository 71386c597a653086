"""HTTP without sockets: what ``httpx`` hands over goes straight to the desk that serves its port."""

from __future__ import annotations

import json
from collections.abc import Coroutine, Mapping
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

import httpx

from scenarios.world.bodies import Reply
from scenarios.world.services import Services

Result = TypeVar("Result")

PAYMENTS = "/payments/"


class Work(Protocol):
    """Who does the work of a world: ``scenarios.world.host.Tasks`` on an event loop, or a simulator."""

    async def to_the_end(self, work: Coroutine[Any, Any, Result]) -> Result:
        """Do this and return what comes of it. It goes on when whoever waits for it is cancelled."""

    def spawn(self, work: Coroutine[Any, Any, None]) -> None:
        """Begin this; nobody waits for it."""


@dataclass(frozen=True)
class MemoryHttp(httpx.AsyncBaseTransport):
    """Carries requests to the services of one world.

    :param ports: service → the port in its URLs.
    """

    services: Services
    ports: Mapping[str, int]
    work: Work

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Return the service's answer.

        :raises httpx.ConnectError: no service has this port.
        :raises httpx.RemoteProtocolError: the service hung up.
        """
        service = next((name for name, port in self.ports.items() if port == request.url.port), None)
        if service is None or service not in self.services.endpoints:
            raise httpx.ConnectError("All connection attempts failed", request=request)
        reply = await self._reply(service, request)
        if reply is None:
            return httpx.Response(404, text="Not Found")
        if reply.status is None:
            raise httpx.RemoteProtocolError("Server disconnected without sending a response.", request=request)
        content = json.dumps(dict(reply.body), ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()
        return httpx.Response(
            reply.status, headers={"content-type": "application/json", **reply.headers}, content=content
        )

    async def _reply(self, service: str, request: httpx.Request) -> Reply | None:
        path = request.url.path
        if request.method == "GET" and service == "payments" and path.startswith(PAYMENTS):
            return self.services.payments.get(path.removeprefix(PAYMENTS))
        endpoint = self.services.endpoints[service].get(path) if request.method == "POST" else None
        if endpoint is None:
            return None
        key = request.headers.get("Idempotency-Key") or None
        return await self.work.to_the_end(endpoint(await request.aread(), key))
