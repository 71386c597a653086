"""The HTTP services behind sockets: from a request to its endpoint, and hanging up without an answer."""

from __future__ import annotations

from collections.abc import Mapping

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from scenarios.world.bodies import Endpoint, Reply
from scenarios.world.host import Tasks

HANG_UP = "assay.hang_up"
"""The ASGI extension by which the server offers to close a request's connection (``serving``)."""


def posts(endpoints: Mapping[str, Endpoint], tasks: Tasks) -> list[Route]:
    """A route for each path, and ``/healthz``. What has arrived whole is worked on to its end in ``tasks``."""

    def route(path: str, endpoint: Endpoint) -> Route:
        async def post(request: Request) -> Response:
            body, key = await request.body(), request.headers.get("Idempotency-Key") or None
            return await respond(request, await tasks.to_the_end(endpoint(body, key)))

        return Route(path, post, methods=["POST"])

    return [*(route(path, endpoint) for path, endpoint in endpoints.items()), Route("/healthz", healthz)]


async def respond(request: Request, reply: Reply) -> Response:
    """The response for a reply. Without one the connection is closed; what is returned then goes nowhere."""
    if reply.status is None:
        request.scope["extensions"][HANG_UP]()
        while (await request.receive())["type"] != "http.disconnect":
            pass
        return Response()
    return said(reply.status, reply)


def said(status: int, reply: Reply) -> JSONResponse:
    """A reply that has a status."""
    return JSONResponse(dict(reply.body), status_code=status, headers=dict(reply.headers))


def error(status: int, message: str) -> JSONResponse:
    """An error as every port of the world says it."""
    return JSONResponse({"error": message}, status_code=status)


async def healthz(request: Request) -> Response:
    """Answers 200: the port is open and its service works."""
    return PlainTextResponse("ok\n")
