"""Puts the endpoints together."""

from __future__ import annotations

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from workflows.api.cancelling import cancel
from workflows.api.invoices import process, show, upload
from workflows.api.payments import payment_webhook
from workflows.api.problems import HANDLERS
from workflows.api.requests import ApiContext


async def healthz(_request: Request) -> JSONResponse:
    """``GET /healthz``: the process serves. It says nothing of Temporal, which may be away for a while."""
    return JSONResponse({"status": "ok"})


def create_api(context: ApiContext) -> Starlette:
    """The application bound to its collaborators."""
    api = Starlette(
        routes=[
            Route("/invoices", upload, methods=["POST"]),
            Route("/invoices/{invoice_id}", show, methods=["GET"]),
            Route("/invoices/{invoice_id}/process", process, methods=["POST"]),
            Route("/invoices/{invoice_id}/cancel", cancel, methods=["POST"]),
            Route("/webhooks/payments", payment_webhook, methods=["POST"]),
            Route("/healthz", healthz, methods=["GET"]),
        ],
        exception_handlers=HANDLERS,
    )
    api.state.context = context
    return api
