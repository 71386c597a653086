"""The single calls of the workload: books are opened at the world's services, the rest is asked of the application."""

from __future__ import annotations

import base64
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, cast

import httpx
from temporalio.service import RPCError

from harness.experiment.site import Caller, Site
from harness.experiment.workload import Answer
from harness.record.record import Outcome
from scenarios.kit.calls import RESUMED_WITHIN, Call, api_url, call

OPENED_AT_ONCE = 1_000
"""Entries or settlements in one call."""


def workflow_id(report_id: str) -> str:
    """The id of the report's workflow."""
    return f"report/{report_id}"


def ask_to_open(service: str, field: str, part: Sequence[Mapping[str, Any]], key: str) -> Call:
    """Put into a service of the world what was there before the run.

    :param field: the service's word for it.
    """

    async def ask(caller: Caller) -> Answer:
        url = f"http://127.0.0.1:{caller.world_ports[service]}/opening"
        return await call(caller, "POST", url, json={field: list(part)}, headers={"Idempotency-Key": key})

    return ask


def parts_of(things: Sequence[Mapping[str, Any]]) -> Iterator[Sequence[Mapping[str, Any]]]:
    """As many as one call may bring."""
    for start in range(0, len(things), OPENED_AT_ONCE):
        yield things[start : start + OPENED_AT_ONCE]


def ask_to_upload(file: str) -> Call:
    """Upload the invoices that our own books know."""

    async def ask(caller: Caller) -> Answer:
        headers = {"Content-Type": "text/csv"}
        return await call(caller, "POST", f"{api_url(caller)}/invoices", content=file.encode(), headers=headers)

    return ask


def ask_for_report(body: Any, in_seconds: float | None = None) -> Call:
    """Ask for a report.

    :param body: what is sent, as plain JSON.
    :param in_seconds: its instant, counted from when it is first asked for; the answer says which one that is. By
        default the body says it.
    """
    said: dict[str, str] = {}

    async def ask(caller: Caller) -> Answer:
        if in_seconds is not None and not said:
            instant = datetime.fromtimestamp(time.time(), UTC) + timedelta(seconds=in_seconds)
            said["as_of"] = instant.isoformat()
        answer = await call(caller, "POST", f"{api_url(caller)}/reports", json={**body, **said} if said else body)
        return replace(answer, detail={**answer.detail, **said})

    return ask


def ask_to_resume(report_id: str) -> Call:
    """Let a report go on that is not held, or no longer there: nothing may come of it."""

    async def ask(caller: Caller) -> Answer:
        # What a run itself asks of Temporal goes through its site's client.
        workflow = cast(Site, caller).client.get_workflow_handle(workflow_id(report_id))
        try:
            await workflow.signal("resume", rpc_timeout=RESUMED_WITHIN)
        except RPCError as error:
            return Answer(Outcome.OK, {"ended": repr(error)})
        return Answer(Outcome.OK)

    return ask


async def files_shown(caller: Caller, path: str) -> Mapping[str, str]:
    """The files of a report that the API gives out, in Base64; one that it does not have is left out.

    :param path: of the report.
    """
    found = {}
    for name in ("pdf", "workbook"):
        # A connection may be closed just as it is used.
        for _ in range(2):
            with suppress(httpx.HTTPError):
                response = await caller.http.get(f"{api_url(caller)}{path}/{name}")
                if response.is_success:
                    found[name] = base64.b64encode(response.content).decode()
                break
    return found
