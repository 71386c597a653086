"""The whole company in memory: the application of all families, its API and its books, and the world around them.

Families bind themselves: they open their clients through what a process shares (``workflows.kit.family.Resources``),
so the gateways, the SQL and the routes are the real ones, and only what carries their bytes is not. Nothing is drawn
and no socket, file or thread of ours is opened; blocking calls go through ``asyncio.to_thread``, as they do anywhere.

Data flow: callers → API → workflows; activities → gateways → world; world → webhooks → API; world → part of a record.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any
from urllib.parse import urlsplit

import httpx
from temporalio.client import Client

from scenarios.kit.memory_books import empty_books
from scenarios.world.clock import Clock
from scenarios.world.faults import Faults
from scenarios.world.in_memory.http import Work
from scenarios.world.in_memory.world import NO_FAULTS, PORTS, MemoryWorld, memory_world
from scenarios.world.providers.deliverer import Heard
from workflows.api.application import create_api
from workflows.app import Ports, app, ports_on
from workflows.families import families
from workflows.gateways.network import Network
from workflows.kit.family import Resources
from workflows.kit.settings import Settings, read_settings

API_ADDRESS = "127.0.0.1:8090"
"""Nobody listens there: it tells the API from the services of the world."""


@dataclass(frozen=True)
class Company:
    """One company and the ways to it.

    :param http: for callers: the API at ``API_ADDRESS``, and the world's services at ``world_ports``.
    :param activities: of all families, bound to ``ports``.
    """

    world: MemoryWorld
    settings: Settings
    environment: Mapping[str, str]
    ports: Ports
    activities: Sequence[Callable[..., Any]]
    http: httpx.AsyncBaseTransport
    world_ports: Mapping[str, int]

    async def close(self) -> None:
        """Give the books' memory back."""
        await self.ports.close()


def company(
    clock: Clock,
    work: Work,
    client: Client,
    *,
    faults: Faults = NO_FAULTS,
    environment: Mapping[str, str] = MappingProxyType({}),
) -> Company:
    """A company to which nothing has happened yet. Blocks for a moment, to make the tables of its books.

    :param clock: the world's time.
    :param work: does the world's work.
    :param client: the API's way to the workflows; whoever runs them answers it.
    :param faults: what becomes of requests to the world.
    :param environment: settings beside those by which the application reaches the world.
    """
    streets: dict[str, httpx.AsyncBaseTransport] = {}
    http = _Streets(streets)
    world = memory_world(clock, work, faults=faults, post=_Webhooks(httpx.AsyncClient(transport=http)))
    told = {**world.environment(), "TRAF3LI_API_ADDRESS": API_ADDRESS, **environment}
    settings = read_settings(told)
    books, close_books = empty_books()
    resources = Resources(settings, books, Network(world.http, world.smtp))
    resources.closing.callback(close_books)
    api = create_api({family.name: family.api(resources, client) for family in families()})
    streets |= {f"127.0.0.1:{port}": world.http for port in PORTS.values()}
    streets[API_ADDRESS] = httpx.ASGITransport(api, raise_app_exceptions=False)
    ports = ports_on(resources)
    return Company(world, settings, told, ports, app.activities(ports), http, PORTS)


@dataclass(frozen=True)
class _Streets(httpx.AsyncBaseTransport):
    """Address → who is there."""

    at: Mapping[str, httpx.AsyncBaseTransport]

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        address = urlsplit(str(request.url)).netloc
        if address not in self.at:
            raise httpx.ConnectError(f"nobody is at {address}", request=request)
        return await self.at[address].handle_async_request(request)


@dataclass(frozen=True)
class _Webhooks:
    """Takes the provider's tries to the API."""

    client: httpx.AsyncClient

    async def __call__(self, body: bytes, headers: Mapping[str, str]) -> Heard:
        url = f"http://{API_ADDRESS}/webhooks/payments"
        try:
            response = await self.client.post(url, content=body, headers=dict(headers))
        except httpx.HTTPError as error:
            return Heard(None, error=repr(error))
        return Heard(response.status_code, response.content)
