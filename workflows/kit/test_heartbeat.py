from __future__ import annotations

import asyncio
import threading
import uuid
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from temporalio import activity, workflow
from temporalio.client import Client, WorkflowExecutionStatus, WorkflowHandle
from temporalio.common import RetryPolicy
from temporalio.testing import ActivityEnvironment
from temporalio.worker import (
    ActivityInboundInterceptor,
    ActivityOutboundInterceptor,
    ExecuteActivityInput,
    Worker,
)

from workflows.kit.heartbeat import AutomaticHeartbeat, _beat
from workflows.kit.testing_waits import until

HEARTBEAT_TIMEOUTS_MS = (1_500, 15_000)
"""The second is for a machine that had no time for a beat within the first."""


@workflow.defn
class Waits:
    """Runs one long activity, async or threaded."""

    @workflow.run
    async def run(self, name: str, heartbeat_timeout_ms: int) -> int:
        attempts: int = await workflow.execute_activity(
            name,
            result_type=int,
            start_to_close_timeout=timedelta(seconds=60),
            heartbeat_timeout=timedelta(milliseconds=heartbeat_timeout_ms),
            retry_policy=RetryPolicy(maximum_attempts=1),
        )
        return attempts


class Long:
    """Activities that run until they are told to end."""

    def __init__(self) -> None:
        self.ended, self.thread_ended = asyncio.Event(), threading.Event()

    @activity.defn
    async def waits(self) -> int:
        activity.heartbeat("half way")
        await self.ended.wait()
        return activity.info().attempt

    @activity.defn
    def waits_in_a_thread(self) -> int:
        activity.heartbeat("half way")
        assert self.thread_ended.wait(timeout=50)
        return activity.info().attempt

    def end(self) -> None:
        self.ended.set()
        self.thread_ended.set()


async def heartbeats(handle: WorkflowHandle[Waits, int], *, count: int) -> list[bytes]:
    """Wait until the server has seen so many different heartbeats, or the end; returns the details of each."""
    seen: dict[int, bytes] = {}

    async def are_enough() -> bool:
        description = await handle.describe()
        for one in description.raw_description.pending_activities:
            if one.HasField("last_heartbeat_time") and one.heartbeat_details.payloads:
                seen[one.last_heartbeat_time.ToNanoseconds()] = one.heartbeat_details.payloads[0].data
        return len(seen) >= count or description.status is not WorkflowExecutionStatus.RUNNING

    await until(are_enough, timeout_seconds=60)
    return list(seen.values())


async def outlived(client: Client, heartbeat_timeout_ms: int) -> tuple[list[list[bytes]], list[Any]]:
    """An async and a threaded activity that say nothing for two time-outs: their heartbeats, and what they came to."""
    long, queue = Long(), f"test-{uuid.uuid4()}"
    with ThreadPoolExecutor(2) as executor:
        async with Worker(
            client,
            task_queue=queue,
            workflows=[Waits],
            activities=[long.waits, long.waits_in_a_thread],
            activity_executor=executor,
            max_concurrent_activities=2,
            interceptors=[AutomaticHeartbeat()],
            max_heartbeat_throttle_interval=timedelta(milliseconds=heartbeat_timeout_ms / 3),
        ):
            names = ("waits", "waits_in_a_thread")
            handles = [
                await client.start_workflow(
                    Waits.run, args=[name, heartbeat_timeout_ms], id=f"{queue}-{name}", task_queue=queue
                )
                for name in names
            ]
            try:
                # More than two time-outs at three beats each.
                details = await asyncio.gather(*(heartbeats(handle, count=6) for handle in handles))
            finally:
                long.end()
            ended = await asyncio.gather(*(handle.result() for handle in handles), return_exceptions=True)
    return details, ended


async def test_a_silent_activity_outlives_its_heartbeat_timeout(client: Client) -> None:
    for heartbeat_timeout_ms in HEARTBEAT_TIMEOUTS_MS:
        details, ended = await outlived(client, heartbeat_timeout_ms)
        if ended == [1, 1]:
            break
    assert ended == [1, 1]
    assert details == [[b'"half way"'] * 6] * 2
    assert not [task for task in asyncio.all_tasks() if "_beat" in repr(task.get_coro())]


async def test_an_activity_that_is_done_at_once_never_beats() -> None:
    beats: list[float] = []
    beating = asyncio.create_task(_beat(lambda: beats.append(0.0), interval_seconds=60))
    await asyncio.sleep(0)
    beating.cancel()
    assert beats == []


class Inner(ActivityInboundInterceptor):
    """The end of the chain of interceptors: runs the activity's function."""

    def __init__(self) -> None:
        pass

    def init(self, outbound: ActivityOutboundInterceptor) -> None:
        pass

    async def execute_activity(self, input: ExecuteActivityInput) -> Any:
        return await input.fn()


async def tasks_that_beat() -> int:
    await asyncio.sleep(0)
    return len([task for task in asyncio.all_tasks() if getattr(task.get_coro(), "__name__", "") == _beat.__name__])


async def intercepted() -> int:
    chain = AutomaticHeartbeat().intercept_activity(Inner())
    chain.init(ActivityOutboundInterceptor.__new__(ActivityOutboundInterceptor))
    found: int = await chain.execute_activity(ExecuteActivityInput(tasks_that_beat, (), None, {}))
    return found


@pytest.mark.parametrize(("heartbeat_timeout", "beating"), [(None, 0), (timedelta(seconds=60), 1)])
async def test_an_activity_beats_while_it_runs_and_only_where_somebody_waits_for_it(
    heartbeat_timeout: timedelta | None, beating: int
) -> None:
    environment = ActivityEnvironment()
    environment.info = replace(environment.info, heartbeat_timeout=heartbeat_timeout)
    assert await environment.run(intercepted) == beating
    assert await tasks_that_beat() == 0


async def test_what_the_attempt_before_had_told_is_told_again_until_there_is_news() -> None:
    told: list[tuple[Any, ...]] = []
    environment = ActivityEnvironment()

    class Telling(ActivityOutboundInterceptor):
        def __init__(self) -> None:
            pass

        def heartbeat(self, *details: Any) -> None:
            told.append(details)

    chain = AutomaticHeartbeat().intercept_activity(Inner())
    chain.init(Telling())

    async def silent() -> None:
        async def has_beaten() -> bool:
            return len(told) > 0

        await until(has_beaten)

    environment.info = replace(
        environment.info,
        heartbeat_timeout=timedelta(milliseconds=3),
        heartbeat_details=["cursor", 7],
    )
    await environment.run(chain.execute_activity, ExecuteActivityInput(silent, (), None, {}))
    assert told[0] == ("cursor", 7)
