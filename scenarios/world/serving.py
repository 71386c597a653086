"""One world on its sockets: every service on one event loop, so that one process serves and one SIGKILL ends them all.

Data flow: ``__main__`` binds the ports → **serving** builds register and services from the journal file and serves
them → on leaving, holds are released, requests finish, and deliveries are broken off; a later process takes
them up.
"""

from __future__ import annotations

import asyncio
import contextlib
import functools
import socket
import weakref
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import uvicorn
from aiosmtpd.smtp import SMTP
from starlette.applications import Starlette
from starlette.requests import Request as HttpRequest
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

from harness.poll import eventually
from harness.record.journal import FileJournal
from harness.seed import Seed
from scenarios.world.board import Board
from scenarios.world.control import Control
from scenarios.world.faults import Arrival, Fate
from scenarios.world.holds import HoldPoint
from scenarios.world.host import HOST_CLOCK, Tasks
from scenarios.world.keeper import FolderKeeper
from scenarios.world.knobs import Knobs
from scenarios.world.mails import MailDesk
from scenarios.world.providers.webhooks import TRY_TIMEOUT_SECONDS, HttpWebhook
from scenarios.world.recorder import read_past
from scenarios.world.register import Register, Request
from scenarios.world.services import Services, Surroundings, services_of
from scenarios.world.smtp import smtp_protocol
from scenarios.world.web import HANG_UP, posts, respond

_BACKLOG = 512


@dataclass(frozen=True)
class Settings:
    """What a world needs to know. ``secret`` signs webhooks and stays out of reprs.

    ``attachments`` is the folder for what comes attached to mails; ``run_id`` is whose world it is.
    """

    journal: Path
    attachments: Path
    webhook_url: str
    secret: str = field(repr=False)
    seed: int = 0
    run_id: str | None = None


@contextlib.asynccontextmanager
async def serving(settings: Settings, sockets: Mapping[str, socket.socket]) -> AsyncIterator[None]:
    """Serve the world while the block runs. All ports answer when it is entered.

    :param sockets: bound, one per service: smtp, accounting, payments, control. They are closed on leaving.
    :raises HarnessDefect: the journal file is not what a journal writer leaves.
    """
    journal = FileJournal(settings.journal, "world", settings.run_id)
    past = read_past(settings.journal)
    register, knobs = Register(past.effects, past.withdrawn), Knobs(Seed(settings.seed))
    board = Board(register)
    requests, deliveries = Tasks(), Tasks()
    async with httpx.AsyncClient(timeout=TRY_TIMEOUT_SECONDS, trust_env=False, limits=_LIMITS) as client:
        post = HttpWebhook(client, settings.webhook_url)
        keep = FolderKeeper(settings.attachments)
        around = Surroundings(journal, keep, HOST_CLOCK, post, settings.secret, deliveries.spawn)
        services = services_of(around, past, register, _Controlled(knobs, board))
        apps = {
            "accounting": Starlette(routes=posts(services.endpoints["accounting"], requests)),
            "payments": _payments_app(services, requests),
            "control": Control(board, knobs).app(),
        }
        services.deliverer.resume()
        try:
            async with (
                _mail_server(services.mail, requests, sockets["smtp"]),
                _web_server(apps, sockets),
            ):
                try:
                    yield
                finally:
                    board.release_all()
        finally:
            await requests.settled()
            await deliveries.stop()
    journal.close()


@dataclass(frozen=True)
class _Controlled:
    """What the control port has set, as the faults of requests."""

    knobs: Knobs
    board: Board

    async def arriving(self, request: Request) -> Fate:
        return self.knobs.draw(request.service)

    async def stand(self, arrival: Arrival, point: HoldPoint) -> bool:
        return await self.board.stand(arrival, point)


def _payments_app(services: Services, requests: Tasks) -> Starlette:
    async def get(request: HttpRequest) -> Response:
        return await respond(request, services.payments.get(request.path_params["payment_id"]))

    routes = posts(services.endpoints["payments"], requests)
    return Starlette(routes=[*routes, Route("/payments/{payment_id}", get, methods=["GET"])])


# No cap of httpx's own on concurrent deliveries: a burst of payments must not wait for a slow application.
_LIMITS = httpx.Limits(max_connections=None, max_keepalive_connections=20)


@contextlib.asynccontextmanager
async def _mail_server(desk: MailDesk, requests: Tasks, listener: socket.socket) -> AsyncIterator[None]:
    loop = asyncio.get_running_loop()
    protocols: weakref.WeakSet[SMTP] = weakref.WeakSet()

    def connected() -> SMTP:
        protocol = smtp_protocol(desk, requests, loop)
        protocols.add(protocol)
        return protocol

    server = await loop.create_server(connected, sock=listener, backlog=_BACKLOG)
    try:
        yield
    finally:
        server.close()
        for protocol in protocols:
            if isinstance(protocol.transport, asyncio.Transport):
                protocol.transport.abort()


class _WebServer(uvicorn.Server):
    """Signals belong to the process and not to this server."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


@contextlib.asynccontextmanager
async def _web_server(apps: Mapping[str, ASGIApp], sockets: Mapping[str, socket.socket]) -> AsyncIterator[None]:
    by_port = {int(sockets[name].getsockname()[1]): app for name, app in apps.items()}
    server: _WebServer

    async def route(scope: Scope, receive: Receive, send: Send) -> None:
        scope.setdefault("extensions", {})[HANG_UP] = functools.partial(_hang_up, server, scope["client"])
        await by_port[scope["server"][1]](scope, receive, send)

    # Idle connections outlive the clients' own bound (httpx: 5 s): a client never writes into one that is closing.
    config = uvicorn.Config(
        route,
        http=H11Protocol,
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        backlog=_BACKLOG,
        timeout_keep_alive=60,
        timeout_graceful_shutdown=2,
    )
    server = _WebServer(config)
    task = asyncio.create_task(server.serve(sockets=[sockets[name] for name in apps]))
    try:
        await eventually(
            lambda: server.started or task.done(),
            what="the web server to start",
            timeout_seconds=10,
            interval_seconds=0.005,
        )
        yield
    finally:
        server.should_exit = True
        await task


def _hang_up(server: uvicorn.Server, client: tuple[str, int]) -> None:
    """Close the connection from this peer without a word; ASGI has no other way than the server's own list."""
    for connection in list(server.server_state.connections):
        if isinstance(connection, H11Protocol) and connection.client == client:
            connection.transport.abort()
