"""Workflows that call activities: outcomes, retries, time-outs, heartbeats, cancellation, local ones."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from temporalio import workflow
from temporalio.common import RetryPolicy
from temporalio.exceptions import ActivityError, ApplicationError, TimeoutError

with workflow.unsafe.imports_passed_through():
    from harness.sim.features import testing_acts as acts

MINUTE = timedelta(minutes=1)
SECOND = timedelta(seconds=1)
ONCE = RetryPolicy(maximum_attempts=1)
QUICKLY = RetryPolicy(initial_interval=timedelta(milliseconds=100), maximum_attempts=3)


def told(error: ActivityError) -> str:
    """What a workflow can know of a failed activity."""
    cause = error.cause
    kind = f"{type(cause).__name__}"
    if isinstance(cause, ApplicationError):
        kind += f":{cause.type}:{cause.non_retryable}:{list(cause.details)}"
    if isinstance(cause, TimeoutError) and cause.type is not None:
        kind += f":{cause.type.name}:{list(cause.last_heartbeat_details)}"
    state = error.retry_state.name if error.retry_state else "none"
    return f"{error.message}/{cause}/{kind}/{state}/{error.activity_type}/{error.activity_id}"


@workflow.defn
class Calls:
    """Calls the one activity that ``what`` says and tells how it went."""

    @workflow.run
    async def run(self, what: str) -> str:
        try:
            return str(await getattr(self, "_" + what)())
        except ActivityError as error:
            return told(error)

    async def _greet(self) -> str:
        return await workflow.execute_activity(acts.greet, "Nour", start_to_close_timeout=MINUTE)

    async def _refuse(self) -> str:
        return await workflow.execute_activity(acts.refuse, "Nour", start_to_close_timeout=MINUTE)

    async def _break_down(self) -> str:
        return await workflow.execute_activity(
            acts.break_down, "x", start_to_close_timeout=MINUTE, retry_policy=QUICKLY
        )

    async def _not_for(self) -> str:
        policy = RetryPolicy(non_retryable_error_types=["ValueError"])
        return await workflow.execute_activity(acts.break_down, "x", start_to_close_timeout=MINUTE, retry_policy=policy)

    async def _third_time(self) -> str:
        return await workflow.execute_activity(
            acts.third_time, "x", start_to_close_timeout=MINUTE, retry_policy=QUICKLY
        )

    async def _later(self) -> str:
        return await workflow.execute_activity(acts.later, "x", start_to_close_timeout=MINUTE, retry_policy=QUICKLY)

    async def _start_to_close(self) -> str:
        return await workflow.execute_activity(acts.hang, "x", start_to_close_timeout=SECOND, retry_policy=ONCE)

    async def _start_to_close_twice(self) -> str:
        twice = RetryPolicy(initial_interval=timedelta(milliseconds=100), maximum_attempts=2)
        return await workflow.execute_activity(acts.hang, "x", start_to_close_timeout=SECOND, retry_policy=twice)

    async def _schedule_to_close(self) -> str:
        return await workflow.execute_activity(acts.hang, "x", schedule_to_close_timeout=SECOND)

    async def _schedule_to_close_of_one(self) -> str:
        return await workflow.execute_activity(
            acts.hang, "x", schedule_to_close_timeout=SECOND, start_to_close_timeout=MINUTE, retry_policy=ONCE
        )

    async def _schedule_to_close_unstarted(self) -> str:
        return await workflow.execute_activity(acts.greet, "x", task_queue="nobody", schedule_to_close_timeout=SECOND)

    async def _no_time_for_a_retry(self) -> str:
        policy = RetryPolicy(initial_interval=timedelta(seconds=5))
        limit = timedelta(seconds=3)
        return await workflow.execute_activity(
            acts.break_down, "x", schedule_to_close_timeout=limit, retry_policy=policy
        )

    async def _no_time_after_a_hang(self) -> str:
        limit, policy = timedelta(seconds=3), RetryPolicy(initial_interval=timedelta(seconds=5))
        return await workflow.execute_activity(
            acts.hang, "x", start_to_close_timeout=SECOND, schedule_to_close_timeout=limit, retry_policy=policy
        )

    async def _schedule_to_start(self) -> str:
        return await workflow.execute_activity(
            acts.greet, "x", task_queue="nobody", schedule_to_start_timeout=SECOND, start_to_close_timeout=MINUTE
        )

    async def _heartbeat(self) -> str:
        return await workflow.execute_activity(
            acts.hang, "x", start_to_close_timeout=MINUTE, heartbeat_timeout=SECOND, retry_policy=ONCE
        )

    async def _resume_from_beat(self) -> str:
        return await workflow.execute_activity(
            acts.resume_from_beat, "x", start_to_close_timeout=MINUTE, heartbeat_timeout=MINUTE, retry_policy=QUICKLY
        )

    async def _threaded(self) -> str:
        return await workflow.execute_activity(acts.threaded, "x", start_to_close_timeout=MINUTE)

    async def _three_at_once(self) -> str:
        calls = (workflow.execute_activity(acts.greet, str(n), start_to_close_timeout=MINUTE) for n in range(3))
        return ", ".join(await asyncio.gather(*calls))

    async def _named(self) -> str:
        return await workflow.execute_activity(
            acts.greet, "x", activity_id="mine", start_to_close_timeout=MINUTE, summary="a summary"
        )

    async def _leave(self) -> str:
        return await workflow.execute_activity(acts.leave, "x", start_to_close_timeout=MINUTE, retry_policy=ONCE)

    async def _unknown(self) -> str:
        return str(
            await workflow.execute_activity(
                "nowhere", "x", start_to_close_timeout=MINUTE, retry_policy=ONCE, result_type=str
            )
        )


@workflow.defn
class Cancels:
    """Cancels an activity after a second; ``what`` is the activity and how its cancellation is waited for."""

    @workflow.run
    async def run(self, what: str) -> str:
        name, how, when = what.split("/")
        kind = workflow.ActivityCancellationType[how]
        handle = workflow.start_activity(
            name,
            "x",
            cancellation_type=kind,
            start_to_close_timeout=MINUTE,
            heartbeat_timeout=timedelta(seconds=10),
            retry_policy=QUICKLY,
            result_type=str,
        )
        if when != "at-once":
            await asyncio.sleep(1)
        handle.cancel()
        try:
            result = str(await handle)
        except ActivityError as error:
            result = told(error)
        except asyncio.CancelledError:
            result = "CancelledError"
        await asyncio.sleep(1)
        return result


@workflow.defn
class Locals:
    """Calls local activities."""

    @workflow.run
    async def run(self, what: str) -> str:
        try:
            return str(await getattr(self, "_" + what)())
        except ActivityError as error:
            return told(error)

    async def _greet(self) -> str:
        return await workflow.execute_local_activity(acts.greet, "x", start_to_close_timeout=MINUTE)

    async def _refuse(self) -> str:
        return await workflow.execute_local_activity(acts.refuse, "x", start_to_close_timeout=MINUTE)

    async def _third_time(self) -> str:
        return await workflow.execute_local_activity(
            acts.third_time, "x", start_to_close_timeout=MINUTE, retry_policy=QUICKLY
        )

    async def _times_out(self) -> str:
        return await workflow.execute_local_activity(
            acts.doze, "x", start_to_close_timeout=timedelta(seconds=1), retry_policy=ONCE
        )

    async def _whole_time_is_over(self) -> str:
        return await workflow.execute_local_activity(
            acts.doze, "x", schedule_to_close_timeout=timedelta(seconds=1), retry_policy=ONCE
        )

    async def _whole_time_is_over_for_ever(self) -> str:
        return await workflow.execute_local_activity(
            acts.doze, "x", start_to_close_timeout=MINUTE, schedule_to_close_timeout=timedelta(seconds=1)
        )

    async def _for_ever(self) -> str:
        return await workflow.execute_local_activity(
            acts.break_down,
            "x",
            schedule_to_close_timeout=timedelta(seconds=3),
            retry_policy=RetryPolicy(maximum_attempts=9),
        )

    async def _two(self) -> str:
        one = await workflow.execute_local_activity(acts.greet, "1", start_to_close_timeout=MINUTE)
        await asyncio.sleep(1)
        calls = (workflow.execute_local_activity(acts.greet, n, start_to_close_timeout=MINUTE) for n in "23")
        return ", ".join([one, *await asyncio.gather(*calls)])


FLOWS = (Calls, Cancels, Locals)
