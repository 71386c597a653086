"""The API and the payment provider for the stub frontend: the last payment or a cancellation ends a workflow.

Where it fits: beside ``stub_frontend``, in the same process, so that ``invoices.py`` runs whole against stubs. Not
covered: everything that the real ones refuse.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from decimal import Decimal
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
    owed: dict[str, Decimal] = {}

    async def upload(request: Request) -> JSONResponse:
        rows = csv.DictReader(io.StringIO((await request.body()).decode()))
        totals = {row["invoice_id"]: Decimal(row["invoice_total"]) for row in rows}
        owed.update(totals)
        return JSONResponse({"accepted": sorted(totals), "refused": []})

    async def pay(request: Request) -> JSONResponse:
        body = await request.json()
        owed[body["invoice_id"]] -= Decimal(body["amount"])
        if owed[body["invoice_id"]] <= 0:
            workflows[f"invoice-{body['invoice_id']}"].end()
        return JSONResponse({"state": "pending"}, 201)

    async def cancel(request: Request) -> JSONResponse:
        workflows[f"invoice-{request.path_params['invoice_id']}"].end("cancelled")
        return JSONResponse({"status": "cancelled"})

    async def show(request: Request) -> JSONResponse:
        return JSONResponse({"invoice_id": request.path_params["invoice_id"]})

    async def count(_: Request) -> JSONResponse:
        return JSONResponse({"workflows": len(workflows)})

    return Starlette(
        routes=[
            Route("/invoices", upload, methods=["POST"]),
            Route("/invoices/{invoice_id}", show),
            Route("/invoices/{invoice_id}/cancel", cancel, methods=["POST"]),
            Route("/payments", pay, methods=["POST"]),
            Route("/count", count),
        ]
    )


async def serve_outside(workflows: Mapping[str, Ending], *, port: int) -> None:
    """Serve on a port of loopback until the process is told to end."""
    config = uvicorn.Config(outside(workflows), host="127.0.0.1", port=port, log_level="warning", access_log=False)
    await uvicorn.Server(config).serve()
