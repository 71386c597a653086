"""When the server will start a schedule, asked page by page: its answer has at most a thousand instants."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

from temporalio.api.workflowservice.v1 import ListScheduleMatchingTimesRequest
from temporalio.client import Client

from harness.cli.schedules.server import CALL

JUST_BEFORE = timedelta(milliseconds=1)
"""The server takes what comes after the beginning that it is given, and not the beginning itself."""


async def instants_of(client: Client, name: str, since: datetime, until: datetime) -> AsyncIterator[datetime]:
    """The instants from ``since`` to ``until``, both included, in UTC and with what jitter adds to them.

    :raises RPCError: the server does not answer, or has no such schedule.
    """
    after = since - JUST_BEFORE
    while True:
        request = ListScheduleMatchingTimesRequest(namespace=client.namespace, schedule_id=name)
        request.start_time.FromDatetime(after)
        request.end_time.FromDatetime(until)
        answer = await client.workflow_service.list_schedule_matching_times(request, timeout=CALL)
        page = [each.ToDatetime(UTC) for each in answer.start_time]
        for instant in page:
            yield instant
        if not page or page[-1] <= after:
            return
        after = page[-1]
