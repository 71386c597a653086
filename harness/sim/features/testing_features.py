"""The features, each with its callers: a name, and a coroutine function of a client and a workflow id.

A caller drives a real server's client and the simulator's in the same words. It returns when the executions it started
have ended, and gives what it saw.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

from temporalio.client import (
    WorkflowFailureError,
    WorkflowQueryFailedError,
    WorkflowUpdateFailedError,
    WorkflowUpdateStage,
)
from temporalio.common import WorkflowIDConflictPolicy, WorkflowIDReusePolicy
from temporalio.exceptions import WorkflowAlreadyStartedError

from harness.sim.features import testing_activity_flows, testing_family_flows, testing_message_flows
from harness.sim.features.testing_activity_flows import Calls, Cancels, Locals
from harness.sim.features.testing_family_flows import Parent
from harness.sim.features.testing_late_calls import LATE_CALLS, Busy
from harness.sim.features.testing_message_flows import RETRIED, Carries, Counts, Inbox, Waits

QUEUE = "features"
FLOWS = (*testing_activity_flows.FLOWS, *testing_message_flows.FLOWS, *testing_family_flows.FLOWS, Busy)
Caller = Callable[[Any, str], Awaitable[str]]


def started(run: Any, *args: Any, **options: Any) -> Caller:
    """Start it and wait for its result."""

    async def call(client: Any, id: str) -> str:
        return await ended(await client.start_workflow(run, *args, id=id, task_queue=QUEUE, **options))

    return call


async def ended(handle: Any) -> str:
    """The result, or the failure in words."""
    try:
        return str(await handle.result())
    except WorkflowFailureError as error:
        cause: BaseException | None = error.cause
        words = []
        while cause is not None:
            words.append(f"{type(cause).__name__}({cause})")
            cause = cause.__cause__
        return " <- ".join(words)


def disturbed(what: str, *disturb: Callable[[Any], Awaitable[Any]]) -> Caller:
    """Start a ``Waits``, disturb it after a second, wait for its end."""

    async def call(client: Any, id: str) -> str:
        handle = await client.start_workflow(Waits.run, what, id=id, task_queue=QUEUE)
        await asyncio.sleep(1)
        for each in disturb:
            await each(handle)
        return await ended(handle)

    return call


async def signals(client: Any, id: str) -> str:
    handle = await client.start_workflow(Inbox.run, id=id, task_queue=QUEUE)
    for word in ("a", "b"):
        await handle.signal(Inbox.say, word)
        await asyncio.sleep(0.3)
    await handle.signal(Inbox.say_later, "c")
    await asyncio.sleep(6)
    await handle.signal("say", "end")
    return await ended(handle)


async def signal_with_start(client: Any, id: str) -> str:
    options = {"start_signal": "say", "start_signal_args": ["end"], "task_queue": QUEUE}
    return await ended(await client.start_workflow(Inbox.run, id=id, **options))


async def queries(client: Any, id: str) -> str:
    handle = await client.start_workflow(Inbox.run, id=id, task_queue=QUEUE)
    await handle.signal(Inbox.say, "a")
    seen = [await handle.query(Inbox.words)]
    try:
        await handle.query(Inbox.broken)
    except WorkflowQueryFailedError as error:
        seen.append(str(error))
    await handle.signal(Inbox.say, "end")
    return f"{seen} {await ended(handle)} {await handle.query(Inbox.words)}"


async def updates(client: Any, id: str) -> str:
    handle = await client.start_workflow(Inbox.run, id=id, task_queue=QUEUE)
    await asyncio.sleep(0.5)
    seen = [str(await handle.execute_update(Inbox.add, "a", id=f"{id}-1"))]
    for word in ("", "bad"):
        try:
            seen.append(str(await handle.execute_update(Inbox.add, word)))
        except WorkflowUpdateFailedError as error:
            seen.append(f"{type(error.cause).__name__}: {error.cause}")
    seen.append(str(await handle.execute_update(Inbox.add, "a", id=f"{id}-1")))
    accepted = await handle.start_update(Inbox.add, "b", wait_for_stage=WorkflowUpdateStage.ACCEPTED)
    seen.append(str(await accepted.result()))
    seen.append(str(await handle.execute_update(Inbox.add_now, "end")))
    return f"{seen} {await ended(handle)}"


async def update_cut_off(client: Any, id: str) -> str:
    handle = await client.start_workflow(Waits.run, "timer", id=id, task_queue=QUEUE)
    try:
        await handle.execute_update("nowhere", "b")
    except WorkflowUpdateFailedError as error:
        return f"{error.cause} {await ended(handle)}"
    return "?"


async def left_alone(client: Any, id: str) -> str:
    said = await ended(await client.start_workflow(Parent.run, "leaves_to_itself", id=id, task_queue=QUEUE))
    await asyncio.sleep(1)
    child = client.get_workflow_handle(f"{id}-child")
    await child.cancel()
    return f"{said} {await ended(child)}"


async def policies(client: Any, id: str) -> str:
    seen = []
    first = await client.start_workflow(Inbox.run, id=id, task_queue=QUEUE)
    for conflict in (WorkflowIDConflictPolicy.FAIL, WorkflowIDConflictPolicy.USE_EXISTING):
        try:
            again = await client.start_workflow(Inbox.run, id=id, task_queue=QUEUE, id_conflict_policy=conflict)
            seen.append(str(again.first_execution_run_id == first.first_execution_run_id))
        except WorkflowAlreadyStartedError as error:
            seen.append(f"{error.workflow_type} exists")
    terminating = WorkflowIDConflictPolicy.TERMINATE_EXISTING
    second = await client.start_workflow(Inbox.run, id=id, task_queue=QUEUE, id_conflict_policy=terminating)
    seen.append(await ended(client.get_workflow_handle(id, run_id=first.first_execution_run_id)))
    await second.signal(Inbox.say, "end")
    await ended(second)
    for reuse in (WorkflowIDReusePolicy.REJECT_DUPLICATE, WorkflowIDReusePolicy.ALLOW_DUPLICATE_FAILED_ONLY):
        try:
            await client.start_workflow(Inbox.run, id=id, task_queue=QUEUE, id_reuse_policy=reuse)
        except WorkflowAlreadyStartedError as error:
            seen.append(f"{error.workflow_type} was there")
    return f"{seen}"


FEATURES: dict[str, Caller] = {
    **{
        f"activity-{what.replace('_', '-')}": started(Calls.run, what)
        for what in (
            *("greet", "refuse", "break_down", "not_for", "third_time", "later", "start_to_close"),
            *("start_to_close_twice", "schedule_to_close", "no_time_for_a_retry", "no_time_after_a_hang"),
            *(
                "schedule_to_close_of_one",
                "schedule_to_close_unstarted",
                "schedule_to_start",
                "heartbeat",
                "resume_from_beat",
                "threaded",
                "three_at_once",
                "named",
                "unknown",
                "leave",
            ),
        )
    },
    **{
        f"cancel-{name}-{how}-{when}".lower().replace("_", "-"): started(Cancels.run, f"{name}/{how}/{when}")
        for name, how, when in (
            ("beat", "TRY_CANCEL", "later"),
            ("beat", "WAIT_CANCELLATION_COMPLETED", "later"),
            ("beat", "ABANDON", "later"),
            ("beat", "TRY_CANCEL", "at-once"),
            ("clean_up", "WAIT_CANCELLATION_COMPLETED", "later"),
        )
    },
    **{
        f"local-{what.replace('_', '-')}": started(Locals.run, what)
        for what in ("greet", "refuse", "third_time", "two", "times_out", "whole_time_is_over")
    },
    **{
        f"workflow-{what.replace('_', '-')}": started(Waits.run, what)
        for what in ("timer", "timer_cancelled", "condition_over", "patched", "attributes", "chance", "fails")
    },
    "workflow-retried": started(Waits.run, "fails_twice", retry_policy=RETRIED),
    "workflow-run-timeout": started(Waits.run, "long", run_timeout=timedelta(seconds=3)),
    "workflow-execution-timeout": started(Waits.run, "long", execution_timeout=timedelta(seconds=3)),
    "workflow-delayed": started(Waits.run, "timer", start_delay=timedelta(seconds=1)),
    "workflow-described": started(Waits.run, "timer", memo={"who": "a"}, static_summary="a summary"),
    "workflow-cancelled": disturbed("cancelled", lambda handle: handle.cancel()),
    "workflow-cancelled-and-cleans": disturbed("cancelled_and_cleans", lambda handle: handle.cancel(reason="enough")),
    "workflow-cancelled-twice": disturbed("cancelled_and_cleans", lambda h: h.cancel(), lambda h: h.cancel()),
    "workflow-terminated": disturbed("long", lambda handle: handle.terminate("a detail", reason="enough")),
    "workflow-bug": disturbed("a_bug", lambda handle: asyncio.sleep(3), lambda handle: handle.terminate()),
    "continue-as-new": started(Counts.run, 2),
    "continue-as-new-carries": started(
        Carries.run, "x", memo={"note": "first"}, run_timeout=timedelta(minutes=1), retry_policy=RETRIED
    ),
    "child-leaves-to-itself": left_alone,
    "signals": signals,
    "signal-with-start": signal_with_start,
    "queries": queries,
    "updates": updates,
    "update-unknown": update_cut_off,
    "id-policies": policies,
    **LATE_CALLS,
    **{
        f"child-{what.replace('_', '-')}": started(Parent.run, what)
        for what in (
            *("completes", "fails", "fails_twice", "again", "times_out", "exists", "replaces"),
            *("cancels", "cancels_and_tries"),
            *("cancels_when_requested", "abandons", "leaves_to_terminate", "leaves_to_cancel"),
            *(
                "goes_on_without",
                "cancels_before_start",
                "signals",
                "signals_nobody",
                "cancels_nobody",
                "cancels_outside",
            ),
        )
    },
}
"""Name → caller."""

CONCURRENT = {
    *("activity-three-at-once", "cancel-beat-try-cancel-later", "cancel-clean-up-wait-cancellation-completed-later"),
    *("child-cancels-and-tries", "child-leaves-to-cancel", "local-two", "child-goes-on-without", "child-fails-twice"),
    "child-replaces",
}
"""Features some events of which may come in either order."""
