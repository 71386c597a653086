"""Fetches histories from a server: by default what a deploy meets, the oldest open executions of each type first.

Of the closed ones each status is asked for by itself: for each that was cancelled a thousand were completed.
"""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator, Sequence

import temporalio.client
from temporalio.client import WorkflowExecutionStatus, WorkflowHistory
from temporalio.service import RPCError, RPCStatusCode

from harness.errors import EnvironmentMissing, UsageError

CLOSED = ("Completed", "Failed", "Canceled", "Terminated", "ContinuedAsNew", "TimedOut")
OPEN = "Running"
LISTED_AT_MOST = 10_000
ANSWER_SECONDS = 60.0


def queries(types: Sequence[str], query: str | None) -> list[str]:
    """The visibility queries: the one that is given, or for each type one for each status, the open ones first."""
    if query is not None:
        return [query]
    pairs = itertools.product((OPEN, *CLOSED), types)
    return [f"WorkflowType = {_quoted(name)} AND ExecutionStatus = '{status}'" for status, name in pairs]


async def histories_from(
    client: temporalio.client.Client, asked: Sequence[str], at_most: int
) -> AsyncIterator[WorkflowHistory]:
    """The histories that these queries find, so many of each: the oldest of the open ones, the latest of the others.

    :raises EnvironmentMissing: the server does not answer.
    :raises UsageError: it does not understand a query.
    """
    for query in asked:
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                found = [each async for each in client.list_workflows(query, limit=LISTED_AT_MOST)]
        except TimeoutError as error:
            raise EnvironmentMissing(f"no answer within {ANSWER_SECONDS:g} s to the query {query}") from error
        except RPCError as error:
            raise UsageError(f"the query {query} is refused: {error.message}") from error
        running = [each for each in found if each.status is WorkflowExecutionStatus.RUNNING]
        running.sort(key=lambda each: each.start_time)
        closed = [each for each in found if each.status is not WorkflowExecutionStatus.RUNNING]
        for each in [*running[:at_most], *closed[:at_most]]:
            if (history := await _history_of(client, each.id, each.run_id)) is not None:
                yield history


async def _history_of(client: temporalio.client.Client, workflow_id: str, run_id: str) -> WorkflowHistory | None:
    """A history; none of an execution that has gone since it was listed."""
    try:
        async with asyncio.timeout(ANSWER_SECONDS):
            return await client.get_workflow_handle(workflow_id, run_id=run_id).fetch_history()
    except TimeoutError as error:
        raise EnvironmentMissing(f"no answer within {ANSWER_SECONDS:g} s for the history of {workflow_id}") from error
    except RPCError as error:
        if error.status is RPCStatusCode.NOT_FOUND:
            return None
        raise EnvironmentMissing(f"the history of {workflow_id} cannot be had: {error.message}") from error


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
