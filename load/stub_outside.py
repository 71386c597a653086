"""The API and the payment provider for the stub frontend: a payment or a cancelling ends a workflow.

Where it stands: beside ``stub_frontend``, in the same process, so that ``invoices.py`` runs whole against stubs. Not
covered: everything that the real ones refuse.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route


class Ending(Protocol):
    """What can be told to end: a workflow of the stub."""

    def end(self, status: str = ...) -> None:
        """Complete with this status."""


def outside(workflows: Mapping[str, Ending]) -> Starlette:
    """The HTTP application over the stub's workflows."""

    async def upload(request: Request) -> JSONResponse:
        rows = (await request.body()).decode().splitlines()[1:]
        return JSONResponse({"accepted": sorted({row.split(",")[0] for row in rows}), "refused": []})

    async def pay(request: Request) -> JSONResponse:
        body = await request.json()
        workflows[f"invoice-{body['invoice_id']}"].end()
        return JSONResponse({"state": "pending"}, 201)

    async def cancel(request: Request) -> JSONResponse:
        workflows[f"invoice-{request.path_params['invoice_id']}"].end("cancelled")
        return JSONResponse({"status": "cancelled"})

    async def health(_: Request) -> JSONResponse:
        return JSONResponse({"status": "ok"})

    return Starlette(
        routes=[
            Route("/invoices", upload, methods=["POST"]),
            Route("/invoices/{invoice_id}/cancel", cancel, methods=["POST"]),
            Route("/payments", pay, methods=["POST"]),
            Route("/healthz", health),
        ]
    )


async def serve_outside(workflows: Mapping[str, Ending], *, port: int) -> None:
    """Serve on a port of loopback until the process is told to end."""
    config = uvicorn.Config(outside(workflows), host="127.0.0.1", port=port, log_level="warning", access_log=False)
    await uvicorn.Server(config).serve()
