"""Follows the executions of a run to their end and samples what waits, by the host's own clock.

The times of a close are when this process saw it: a server's clock is never compared with the journal's.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Collection, Iterable, Mapping
from datetime import timedelta

import temporalio.api.enums.v1
import temporalio.api.history.v1
import temporalio.api.taskqueue.v1
import temporalio.api.workflowservice.v1
import temporalio.client
from temporalio.service import RPCError, RPCStatusCode

from harness.record.history_endings import next_run
from harness.record.journal import Journal

SAMPLE_EVERY_SECONDS = 1.0
ANSWERED_WITHIN = timedelta(seconds=60)
RUNNING = 'ExecutionStatus = "Running"'


class Watcher:
    """Follows executions by id. ``open_count`` is how many it has seen start and not end."""

    def __init__(self, client: temporalio.client.Client, journal: Journal) -> None:
        self._client = client
        self._journal = journal
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._runs: set[str] = set()
        self._closed = 0

    @property
    def open_count(self) -> int:
        """Executions followed that have not ended yet, as far as anybody knows."""
        return sum(not _saw_the_end(task) for task in self._tasks.values())

    @property
    def lost(self) -> Mapping[str, str]:
        """Executions that nobody follows any more and that were not seen to end: their ids, and what broke it off."""
        return {name: _broke_off(task) for name, task in self._tasks.items() if task.done() and not _saw_the_end(task)}

    @property
    def closed_count(self) -> int:
        """Executions followed that have ended."""
        return self._closed

    @property
    def followed(self) -> Collection[str]:
        """The ids of all executions that were followed."""
        return self._tasks.keys()

    def counts(self) -> str:
        """Both, in words."""
        return f"{self.closed_count} executions ended, {self.open_count} open"

    def follow(self, workflow_id: str) -> None:
        """Follow this execution; following it twice is once."""
        if workflow_id not in self._tasks:
            self._tasks[workflow_id] = asyncio.create_task(self._follow(workflow_id))

    async def all_closed(self, ids: Collection[str] | None = None, *, timeout_seconds: float) -> bool:
        """Wait until everything followed has ended, or these have; whether it has, within the bound.

        What is lost has not, nor has one of these that is not followed: nobody knows. Neither is waited for.
        """
        awaited = {name: task for name, task in self._tasks.items() if ids is None or name in ids}
        if awaited:
            await asyncio.wait(awaited.values(), timeout=timeout_seconds)
        return awaited.keys() >= set(ids or ()) and all(map(_saw_the_end, awaited.values()))

    async def follow_what_runs(self) -> bool:
        """Follow whatever runs there: children, too, and a start of which nobody heard; whether anything is open.

        What was lost is followed once more.

        :raises RPCError: the server does not answer.
        """
        for workflow_id in self.lost:
            self._tasks[workflow_id] = asyncio.create_task(self._follow(workflow_id))
        async for execution in self._client.list_workflows(RUNNING):
            before = self._tasks.get(execution.id)
            # An id may be used again once it is free; and what has just ended may still be listed.
            if before is None or (before.done() and execution.run_id not in self._runs):
                self._tasks[execution.id] = asyncio.create_task(self._follow(execution.id, execution.run_id))
        return self.open_count > 0

    async def stop(self) -> None:
        """Stop following."""
        for task in self._tasks.values():
            task.cancel()
        await asyncio.gather(*self._tasks.values(), return_exceptions=True)

    async def _follow(self, workflow_id: str, run_id: str | None = None) -> None:
        while True:
            try:
                run_id = run_id or (await self._client.get_workflow_handle(workflow_id).describe()).run_id
                self._runs.add(str(run_id))
                run_id = next_run(await _close_of(self._client, workflow_id, run_id))
            except Exception:
                # Even "not found" is asked again: a server that has just come back may not know it yet. One that never
                # does leaves it open to the end of the settle bound, and the checks miss what it should have done.
                await asyncio.sleep(SAMPLE_EVERY_SECONDS)
                continue
            if run_id is None:
                break
        self._journal.write("execution-closed", workflow_id=workflow_id)
        self._closed += 1


def _saw_the_end(task: asyncio.Task[None]) -> bool:
    """Whether it followed its execution to the end. One that is cancelled or raises is done, too, and saw none."""
    return task.done() and not task.cancelled() and task.exception() is None


def _broke_off(task: asyncio.Task[None]) -> str:
    return "cancelled" if task.cancelled() else repr(task.exception())


async def _close_of(
    client: temporalio.client.Client, workflow_id: str, run_id: str | None
) -> temporalio.api.history.v1.HistoryEvent:
    """Wait for the event with which a run closes. What it returned is for the final reads: it may not be readable."""
    handle = client.get_workflow_handle(workflow_id, run_id=run_id)
    closes = handle.fetch_history_events(
        wait_new_event=True,
        event_filter_type=temporalio.client.WorkflowHistoryEventFilterType.CLOSE_EVENT,
        rpc_timeout=ANSWERED_WITHIN,
    )
    async for event in closes:
        return event
    raise RPCError("no event closes it", RPCStatusCode.UNKNOWN, b"")


async def sample_for_ever(
    client: temporalio.client.Client, queues: Iterable[str], watcher: Watcher, journal: Journal
) -> None:
    """Write one sample a second: executions open and closed, tasks waiting for a worker. Ends when cancelled."""
    names = tuple(queues)
    while True:
        # A server that does not answer for a moment leaves a gap in the picture; the checks do not need samples.
        with contextlib.suppress(RPCError):
            await watcher.follow_what_runs()
            backlog = sum([await _backlog(client, name) for name in names])
            journal.write("sample", running=watcher.open_count, closed=watcher.closed_count, backlog=backlog)
        await asyncio.sleep(SAMPLE_EVERY_SECONDS)


async def _backlog(client: temporalio.client.Client, queue: str) -> int:
    """Tasks of both kinds that wait in the queue, as matching estimates it."""
    total = 0
    for kind in (
        temporalio.api.enums.v1.TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW,
        temporalio.api.enums.v1.TaskQueueType.TASK_QUEUE_TYPE_ACTIVITY,
    ):
        answer = await client.workflow_service.describe_task_queue(
            temporalio.api.workflowservice.v1.DescribeTaskQueueRequest(
                namespace=client.namespace,
                task_queue=temporalio.api.taskqueue.v1.TaskQueue(name=queue),
                task_queue_type=kind,
                report_stats=True,
            ),
            timeout=timedelta(seconds=5),
        )
        total += answer.stats.approximate_backlog_count
    return total
