"""What the server has: one schedule, those that an application applied, and what its refusals mean.

A schedule carries the name of the application that applied it in its memo (``MARK``), from its creation on: the server
takes no change of it later. What has no such mark is somebody else's, and nothing here changes it.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from temporalio.client import Client, ScheduleDescription
from temporalio.converter import DataConverter
from temporalio.service import RPCError, RPCStatusCode

from harness.application.connection import address_of, connect
from harness.application.contract import Application
from harness.errors import EnvironmentMissing, UsageError

MARK = "assay-app"
CALL = timedelta(seconds=10)
"""How long the server may take over one call."""
CONNECTING_SECONDS = 10.0
AWAY = (RPCStatusCode.UNAVAILABLE, RPCStatusCode.DEADLINE_EXCEEDED, RPCStatusCode.CANCELLED)
REFUSED = (RPCStatusCode.INVALID_ARGUMENT, RPCStatusCode.FAILED_PRECONDITION, RPCStatusCode.RESOURCE_EXHAUSTED)
MENDED_BY = {
    "unknown time zone": "its `time_zone` must be an IANA name, such as Asia/Riyadh",
    "no mapping defined for search attribute": "take it out of its `search_attributes`, or have the namespace know it: "
    "temporal operator search-attribute create --name NAME --type TYPE",
    "invalid value for search attribute": "give it a value of the type that app.search_attributes names",
    "interval": "each of its `intervals` lasts at least 1 s, and its offset is shorter",
    "phase": "the offset of each of its `intervals` is shorter than the interval",
    "calendar": "mend its `calendars` and `skip`",
    "not in range": "mend its `cron`, `calendars` and `skip`",
    "limit": "make its `args` and `memo` smaller: have the workflow fetch what it needs",
}
"""What the server says → what to change."""


@dataclass(frozen=True)
class Found:
    """One schedule on the server, and the application that applied it; ``None`` where no mark says so."""

    description: ScheduleDescription
    owner: str | None


@contextlib.asynccontextmanager
async def connected(app: Application, address: str | None, namespace: str | None) -> AsyncIterator[Client]:
    """A client of the application, for the server that is named here or by the environment.

    :raises EnvironmentMissing: the server is not there, or goes away within.
    :raises UsageError: it has no such namespace, or does not let this client in.
    """
    given = {name: each for name, each in (("target_host", address), ("namespace", namespace)) if each}
    where = address or app.client_options.get("target_host") or address_of(os.environ)
    mend = "start it (assay up), or name another with --address HOST:PORT"
    try:
        async with asyncio.timeout(CONNECTING_SECONDS):
            client = await connect(app, os.environ, **given)
    except (RuntimeError, TimeoutError) as error:
        told = str(error) or f"no answer within {CONNECTING_SECONDS:g} s"
        raise EnvironmentMissing(f"cannot reach a Temporal server at {where}: {told}; {mend}") from error
    try:
        yield client
    except RPCError as error:
        told = f"{where}: {error.message}"
        if error.status in AWAY:
            raise EnvironmentMissing(f"{told}; {mend}") from error
        if error.status is RPCStatusCode.NOT_FOUND:
            raise UsageError(f"{told}; name one that is there with --namespace NAME") from error
        if error.status in (RPCStatusCode.PERMISSION_DENIED, RPCStatusCode.UNAUTHENTICATED):
            raise UsageError(f"{told}; give TEMPORAL_API_KEY or a client certificate that may do this") from error
        raise


async def found(client: Client, name: str) -> Found | None:
    """The schedule of this id, where there is one.

    :raises RPCError: the server does not answer, or has no such namespace.
    """
    try:
        description = await client.get_schedule_handle(name).describe(rpc_timeout=CALL)
    except RPCError as error:
        if error.status is not RPCStatusCode.NOT_FOUND or error.message.startswith("Namespace"):
            raise
        return None
    return Found(description, await _owner(description.raw_description.memo, client.data_converter))


async def applied_by(client: Client, app: str) -> list[str]:
    """The ids of all schedules that an application has applied, as far as the server's list has them already."""
    names = []
    async for each in await client.list_schedules(rpc_timeout=CALL):
        if await _owner(each.raw_entry.memo, client.data_converter) == app:
            names.append(each.id)
    return sorted(names)


async def _owner(memo: Any, converter: DataConverter) -> str | None:
    if MARK not in memo.fields:
        return None
    return str((await converter.decode([memo.fields[MARK]]))[0])


def refusal(error: RPCError) -> str:
    """What the server refused and what to change, of a schedule that it does not take.

    :raises RPCError: it is no refusal of what was asked.
    """
    if error.status not in REFUSED:
        raise error
    mend = next(
        (mend for said, mend in MENDED_BY.items() if said in error.message.lower()), "change it in app.schedules"
    )
    return f"the server refuses it: {error.message}; {mend}"
