"""The final reads: every execution and every history of the run's namespace, after everything has settled.

Data flow: settle → **final reads** → record. Histories go to ``histories/`` as the JSON that the SDK's Replayer
reads; what checks need of them (status, result, policies) goes into the journal, so that the record is one thing.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import temporalio.api.history.v1
import temporalio.client
import temporalio.converter
from temporalio.service import RPCError

from harness.poll import eventually
from harness.record.history_endings import execution_in, file_of
from harness.record.history_reader import facts_of, policies_of
from harness.record.journal import Journal

READS_AT_ONCE = 8
ANSWERED_WITHIN_SECONDS = 30.0
"""For each read. A server that has just come back may turn one away, and one lost answer is no verdict."""


async def read_everything(
    client: temporalio.client.Client,
    status_attribute: str | None,
    subject_of: Callable[[str], str],
    folder: Path,
    journal: Journal,
) -> int:
    """Fetch every execution and history; returns how many executions there were.

    :raises WaitTimeout: the server does not answer, however often it is asked; the message says what it was asked.
    """
    histories = folder / "histories"
    histories.mkdir(exist_ok=True)
    at_once = asyncio.Semaphore(READS_AT_ONCE)
    policies: list[dict[str, Any]] = []

    async def read(execution: temporalio.client.WorkflowExecution) -> None:
        async with at_once:
            handle = client.get_workflow_handle(execution.id, run_id=execution.run_id)
            history = await eventually(
                handle.fetch_history,
                what=f"the server to show the history of {execution.id}",
                timeout_seconds=ANSWERED_WITHIN_SECONDS,
                ignore=(RPCError,),
            )
        (histories / file_of(execution.run_id)).write_text(history.to_json())
        policies.extend(policy for policy in policies_of(history.events) if policy not in policies)
        facts = facts_of(history.events, status_attribute)
        ids = {"workflow_id": execution.id, "run_id": execution.run_id, "subject": subject_of(execution.id)}
        journal.write("history-facts", **ids, **facts)
        # Visibility names the executions; how each stands is its history's to say, which is never behind.
        ended = await execution_in(client.data_converter, history.events, status_attribute)
        journal.write("execution", **ids, **ended)

    async def listed() -> list[list[temporalio.client.WorkflowExecution]]:
        return [[execution async for execution in client.list_workflows("")]]

    (executions,) = await eventually(
        listed,
        what="the server to list the executions",
        timeout_seconds=ANSWERED_WITHIN_SECONDS,
        ignore=(RPCError,),
    )
    async with asyncio.TaskGroup() as group:
        for execution in executions:
            group.create_task(read(execution))
    for policy in sorted(policies, key=lambda policy: str(policy["activity"])):
        journal.write("policy", **policy)
    return len(executions)
