"""The final reads: every execution and every history of the run's namespace, after everything has settled.

Data flow: settle → **final reads** → record. Histories go to ``histories/`` as the JSON that the SDK's Replayer
reads; what checks need of them (status, result, policies) goes into the journal, so that the record is one thing.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Iterator, Sequence
from pathlib import Path
from typing import Any

import temporalio.client
from temporalio.service import RPCError, RPCStatusCode

from harness.application.imported import theirs
from harness.poll import eventually
from harness.record.history_endings import execution_in, file_of, next_run
from harness.record.history_reader import Event, facts_of, policies_of
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
    *,
    followed: Collection[str] = (),
) -> int:
    """Fetch every execution and history; returns how many executions there were.

    :param followed: ids of workflows that visibility may not list: it is behind what the server knows.
    :raises UsageError: the application cannot say what a workflow is about.
    :raises WaitTimeout: the server does not answer, however often it is asked; the message says what it was asked.
    """
    histories = folder / "histories"
    histories.mkdir(exist_ok=True)
    at_once = asyncio.Semaphore(READS_AT_ONCE)
    policies: list[dict[str, Any]] = []

    async def read(workflow_id: str, run_id: str) -> set[tuple[str, str]]:
        """Read a run; the runs of the same workflow that it says came before and after it."""
        async with at_once:
            history = await _history_of(client, workflow_id, run_id)
        (histories / file_of(run_id)).write_text(history.to_json())
        policies.extend(policy for policy in policies_of(history.events) if policy not in policies)
        facts = facts_of(history.events, status_attribute)
        ids = {"workflow_id": workflow_id, "run_id": run_id, "subject": subjects[workflow_id]}
        journal.write("history-facts", **ids, **facts)
        # Visibility names the executions; how each stands is its history's to say, which is never behind.
        ended = await execution_in(client.data_converter, history.events, status_attribute)
        journal.write("execution", **ids, **ended)
        return {
            (workflow_id, other) for other in (*_runs_before(history.events), next_run(history.events[-1])) if other
        }

    wanted = {(execution.id, execution.run_id) for execution in await _listed(client)}
    for workflow_id in followed:
        if run_id := await _last_run_of(client, workflow_id):
            wanted.add((workflow_id, run_id))
    seen: set[tuple[str, str]] = set()
    subjects: dict[str, str] = {}
    while new := wanted - seen:
        seen |= new
        for workflow_id, _ in sorted(new):
            with theirs(f"subject_of of the workflow id {workflow_id!r}", subject_of):
                subjects[workflow_id] = subject_of(workflow_id)
        async with asyncio.TaskGroup() as group:
            reading = [group.create_task(read(*run)) for run in sorted(new)]
        wanted = wanted.union(*(task.result() for task in reading))
    for policy in sorted(policies, key=lambda policy: str(policy["activity"])):
        journal.write("policy", **policy)
    return len(seen)


def _runs_before(events: Sequence[Event]) -> Iterator[str]:
    """The run that this one continues, if any, and those that it was reset from: a copy of them up to there."""
    yield events[0].workflow_execution_started_event_attributes.continued_execution_run_id
    for event in events:
        yield event.workflow_task_failed_event_attributes.base_run_id


async def _listed(client: temporalio.client.Client) -> Sequence[temporalio.client.WorkflowExecution]:
    async def listed() -> list[list[temporalio.client.WorkflowExecution]]:
        return [[execution async for execution in client.list_workflows("")]]

    (executions,) = await eventually(
        listed,
        what="the server to list the executions",
        timeout_seconds=ANSWERED_WITHIN_SECONDS,
        ignore=(RPCError,),
    )
    return executions


async def _history_of(
    client: temporalio.client.Client, workflow_id: str, run_id: str
) -> temporalio.client.WorkflowHistory:
    return await eventually(
        client.get_workflow_handle(workflow_id, run_id=run_id).fetch_history,
        what=f"the server to show the history of {workflow_id}",
        timeout_seconds=ANSWERED_WITHIN_SECONDS,
        ignore=(RPCError,),
    )


async def _last_run_of(client: temporalio.client.Client, workflow_id: str) -> str | None:
    """The id of its last run; ``None`` where the server knows of none."""

    async def described() -> tuple[str | None]:
        try:
            return ((await client.get_workflow_handle(workflow_id).describe()).run_id,)
        except RPCError as error:
            if error.status == RPCStatusCode.NOT_FOUND:
                return (None,)
            raise

    (run_id,) = await eventually(
        described,
        what=f"the server to describe {workflow_id}",
        timeout_seconds=ANSWERED_WITHIN_SECONDS,
        ignore=(RPCError,),
    )
    return run_id
