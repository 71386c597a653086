"""Callers who come at a bad time: before an execution's first task, while its last one is under way, after its end."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

from temporalio import workflow
from temporalio.client import WorkflowUpdateFailedError
from temporalio.common import RetryPolicy
from temporalio.exceptions import ApplicationError
from temporalio.service import RPCError

with workflow.unsafe.imports_passed_through():
    from harness.sim.features import testing_acts as acts

QUEUE = "features"
DELAY = timedelta(seconds=8)
AGAIN = RetryPolicy(initial_interval=timedelta(seconds=8), maximum_attempts=2)


@workflow.defn
class Busy:
    """Its first run has one long task, which ends it; the next one waits for a word."""

    def __init__(self) -> None:
        self._words: list[str] = []

    @workflow.run
    async def run(self, what: str) -> str:
        info = workflow.info()
        if info.continued_run_id is None and info.attempt == 1 and what != "waits":
            await workflow.execute_local_activity(
                acts.doze, "x", start_to_close_timeout=DELAY, retry_policy=RetryPolicy(maximum_attempts=2)
            )
            if what == "fails":
                raise ApplicationError("tried again")
            if what == "goes on":
                workflow.continue_as_new(what)
            return what
        waited = (workflow.now() - info.workflow_start_time).total_seconds() >= DELAY.total_seconds()
        await workflow.wait_condition(lambda: bool(self._words))
        return f"{self._words} {'after its delay' if waited else 'at once'}"

    @workflow.update
    async def add(self, word: str) -> str:
        if word == "bad":
            self._words.append(word)
            raise ApplicationError("a bad word")
        self._words.append(word)
        return f"added {word}"

    @workflow.signal
    def say(self, word: str) -> None:
        self._words.append(word)


async def answer(call: Any) -> str:
    """What is answered, or why nothing is."""
    try:
        return str(await call)
    except WorkflowUpdateFailedError as error:
        return f"failed: {error.cause}"
    except RPCError as error:
        return f"{error.status.name}: {error.message}"


def updated(what: str, **options: Any) -> Any:
    """Update it while its task is under way, or its first one is put off."""

    async def call(client: Any, id: str) -> str:
        await client.start_workflow(Busy.run, what, id=id, task_queue=QUEUE, **options)
        await asyncio.sleep(1)
        handle = client.get_workflow_handle(id)
        said = await answer(handle.execute_update(Busy.add, "a"))
        return f"{said}; {await handle.result()}"

    return call


async def updated_again(client: Any, id: str) -> str:
    seen = []
    for word in ("a", "bad"):
        handle = await client.start_workflow(Busy.run, "waits", id=id, task_queue=QUEUE)
        seen.append(await answer(handle.execute_update(Busy.add, word, id="one")))
        await handle.result()
        seen += [await answer(handle.execute_update(Busy.add, word, id=name)) for name in ("one", "two")]
    return f"{seen}"


async def ended_before(client: Any, id: str) -> str:
    handle = await client.start_workflow("Waits", "timer", id=id, task_queue=QUEUE)
    await handle.result()
    calls = (handle.cancel(), handle.signal("say", "a"), handle.terminate())
    return f"{[await answer(call) for call in calls]}"


LATE_CALLS = {
    "late-update-completes": updated("completes"),
    "late-update-goes-on": updated("goes on"),
    "late-update-is-tried-again": updated("fails", retry_policy=AGAIN),
    "late-update-of-delayed": updated("waits", start_delay=DELAY),
    "late-update-again": updated_again,
    "late-calls-of-ended": ended_before,
}
"""Name → caller."""
