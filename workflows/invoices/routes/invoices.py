"""Uploading invoices, starting their processing, showing one."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from dataclasses import asdict, dataclass

from starlette.requests import Request
from starlette.responses import JSONResponse

from workflows.invoices.names import workflow_id
from workflows.invoices.routes.requests import booked, context_of
from workflows.invoices.routes.showing import shown_of
from workflows.invoices.routes.starting import start
from workflows.invoices.uploads.csv_input import read_invoices
from workflows.invoices.uploads.ubl_input import read_ubl_invoice
from workflows.invoices.uploads.upload import LARGEST_FILE_BYTES, Upload
from workflows.invoices.uploads.upload import Problem as Refusal
from workflows.kit.problems import Problem
from workflows.kit.requests import asking_temporal, bounded_body


@dataclass(frozen=True)
class _Format:
    """How a body of one media type is read. ``file`` is its name in the problems: the body of a request has none."""

    file: str
    read: Callable[..., Upload]


_UBL = _Format("upload.xml", read_ubl_invoice)
_FORMATS = {"text/csv": _Format("upload.csv", read_invoices), "application/xml": _UBL, "text/xml": _UBL}
_CHARSET = re.compile(r"charset\s*=\s*\"?([^\";\s]+)", re.IGNORECASE)


async def upload(request: Request) -> JSONResponse:
    """``POST /invoices``: keep the good invoices of a CSV file, or the one of a UBL document; say all that is wrong.

    The same file again changes nothing; another content under a known id is refused.
    """
    form = _format_of(request)
    content = await bounded_body(request, most_bytes=LARGEST_FILE_BYTES)
    # A large file takes a while to read; the other requests go on meanwhile.
    file = await asyncio.to_thread(form.read, content, file=form.file)
    accepted, refused = [], list(file.problems)
    for read in file.invoices:
        if await context_of(request).books.add(read.invoice):
            accepted.append(read.invoice.invoice_id)
        else:
            field = "cbc:ID" if form is _UBL else "invoice_id"
            message = "is known already with another content; an invoice is never changed, send a new one"
            refused.append(Refusal(form.file, read.row, field, message, read.invoice.invoice_id))
    refused.sort(key=lambda problem: problem.row)
    return JSONResponse({"accepted": accepted, "refused": [asdict(problem) for problem in refused]})


def _format_of(request: Request) -> _Format:
    """:raises Problem: 415 for a media type or an encoding that is not read."""
    media_type, _, parameters = request.headers.get("content-type", "").partition(";")
    form = _FORMATS.get(media_type.strip().lower())
    if form is None:
        said = media_type.strip()[:80] or "a body without Content-Type"
        raise Problem(415, "unsupported-media-type", f"send {', '.join(_FORMATS)}, not {said}")
    charset = _CHARSET.search(parameters)
    if charset and charset[1].lower() != "utf-8":
        raise Problem(415, "unsupported-media-type", f"send UTF-8, not {charset[1][:40]}")
    return form


async def process(request: Request) -> JSONResponse:
    """``POST /invoices/{id}/process``: start the workflow, or find it running or done; always the same run."""
    invoice = (await booked(request, request.path_params["invoice_id"])).invoice
    context = context_of(request)
    async with asking_temporal(context.wait_seconds):
        run_id = await start(context, invoice)
    return JSONResponse({"workflow_id": workflow_id(invoice.invoice_id), "run_id": run_id}, 202)


async def show(request: Request) -> JSONResponse:
    """``GET /invoices/{id}``: the invoice as the books hold it; ``status`` is null until it is sent or invalid.

    ``trail`` is how it came to that status, ``paid`` counts every payment that was booked, ``refunded`` those that went
    back, and ``outstanding`` is what the customer still owes.
    """
    return JSONResponse(shown_of(await booked(request, request.path_params["invoice_id"])))
