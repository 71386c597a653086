"""Local activities: run in the process that does the workflow task, while the task waits for them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NoReturn

import temporalio.common
from temporalio.activity import Info
from temporalio.api.common.v1 import Payload, RetryPolicy
from temporalio.api.enums.v1 import RetryState
from temporalio.api.enums.v1.workflow_pb2 import TIMEOUT_TYPE_SCHEDULE_TO_CLOSE as SCHEDULE_TO_CLOSE
from temporalio.api.enums.v1.workflow_pb2 import TIMEOUT_TYPE_START_TO_CLOSE as START_TO_CLOSE
from temporalio.api.failure.v1 import Failure
from temporalio.exceptions import ApplicationError
from temporalio.worker import ExecuteActivityInput

from harness.sim.kernel.timeline import SECOND
from harness.sim.server.execution import Execution, Task
from harness.sim.server.retries import completed, nanoseconds, next_retry
from harness.sim.server.server import instant
from harness.sim.surface import RunningActivity, ScheduleLocalActivity
from harness.sim.worker.attempt import InjectedFailure
from harness.sim.worker.chain import call
from harness.sim.worker.local_markers import LocalOutcome

if TYPE_CHECKING:
    from harness.sim.worker.cached import Cached
    from harness.sim.worker.process import Process

Hear = Callable[[LocalOutcome], None]

FAULTS = ("activity-fails-before", "activity-fails-after")
"""Kinds of fault that strike at an attempt of a local activity."""

FOR_EVER = "would be tried again after its schedule_to_close_timeout, and the SDK goes on with that for ever"


def run_local(worker: Process, run: Execution, task: Task, cached: Cached, hear: Hear) -> None:
    """Run what the task waits for; ``hear`` is told of each that has ended."""
    for command in cached.local.values():
        if command.seq not in task.local:
            task.local.add(command.seq)
            done = lambda outcome: _ended(worker, run, task, cached, outcome, hear)  # noqa: E731
            worker.loop.create_task(_Local(worker, run, task, command, done).live())


def _ended(worker: Process, run: Execution, task: Task, cached: Cached, outcome: dict[str, Any], hear: Hear) -> None:
    if not worker.alive or run.task is not task or worker.cache.get(run.run_id) is not cached:
        return
    task.activations += 1
    # Not from within the loop of the process: an activation has a loop of its own.
    run.timeline.after(0, _tell, worker, run, task, cached, LocalOutcome(index=task.activations, **outcome), hear)


def _tell(worker: Process, run: Execution, task: Task, cached: Cached, outcome: LocalOutcome, hear: Hear) -> None:
    if worker.alive and run.task is task and worker.cache.get(run.run_id) is cached:
        hear(outcome)


class _Local:
    """One local activity with its attempts."""

    def __init__(
        self, worker: Process, run: Execution, task: Task, command: ScheduleLocalActivity, done: Callable[[Any], None]
    ) -> None:
        self._worker, self._run, self._task, self._command, self._done = worker, run, task, command, done
        self._scheduled = run.timeline.now
        if command.HasField("original_schedule_time"):
            self._scheduled = command.original_schedule_time.ToNanoseconds()

    async def live(self) -> None:
        command, policy = self._command, self._policy()
        attempt = max(command.attempt, 1)
        while True:
            result, failure = await self._attempt(attempt)
            if failure is None:
                return self._end(attempt, result=result)
            now, expires = self._run.timeline.now, self._expires
            state, wait = next_retry(policy, attempt, failure, now=now, expires=expires)
            if state == RetryState.RETRY_STATE_TIMEOUT:
                self._refuse(f"{FOR_EVER}; give it maximum_attempts that it reaches before")
            if state != RetryState.RETRY_STATE_IN_PROGRESS:
                return self._end(attempt, failure=failure)
            threshold = nanoseconds(command.local_retry_threshold) or self._run.options.task_timeout
            if wait > threshold:
                return self._end(attempt, failure=failure, backoff=wait)
            await asyncio.sleep(wait / SECOND)
            attempt += 1

    @property
    def _expires(self) -> int | None:
        limit = nanoseconds(self._command.schedule_to_close_timeout)
        return self._scheduled + limit if limit else None

    def _policy(self) -> RetryPolicy:
        return completed(self._command.retry_policy)

    async def _attempt(self, attempt: int) -> tuple[Payload | None, Failure | None]:
        kit, command = self._worker.around.kit, self._command
        place = f"{self._run.place} local {command.activity_id} attempt {attempt}"
        fault = self._worker.around.choices.fault(f"{place} fault", FAULTS)
        once, expires = nanoseconds(command.start_to_close_timeout), self._expires
        left = expires - self._run.timeline.now if expires is not None else once
        limit = asyncio.timeout(min(once or left, left) / SECOND)
        converter = kit.converter.payload_converter
        try:
            if fault is not None and fault.kind == "activity-fails-before":
                raise InjectedFailure("before it did anything")
            found = kit.activity(self._run.options.task_queue, command.activity_type)
            if found is None:
                raise ApplicationError(
                    f"Activity function {command.activity_type} is not registered", type="NotFoundError"
                )
            types = found.arg_types if len(found.arg_types or ()) == len(command.arguments) else None
            args = converter.from_payloads(command.arguments, types) if command.arguments else []
            context = RunningActivity(self._info(attempt), converter, self._worker.around.client)
            context.enter()
            wanted = ExecuteActivityInput(fn=found.fn, args=args, executor=None, headers=command.headers)
            async with limit:
                result = await call(kit.interceptors, wanted, context, lambda details: None)
            if fault is not None:
                raise InjectedFailure("after it was done")
            return converter.to_payloads([result])[0], None
        except (Exception, SystemExit) as error:
            failure = Failure()
            if limit.expired():
                failure.message = "Activity timed out"
                whole = expires is not None and self._run.timeline.now >= expires
                if whole and once >= nanoseconds(command.schedule_to_close_timeout):
                    self._refuse(f"{FOR_EVER}; give it a shorter start_to_close_timeout, or none")
                failure.timeout_failure_info.timeout_type = SCHEDULE_TO_CLOSE if whole else START_TO_CLOSE
                return None, failure
            kit.converter.failure_converter.to_failure(error, converter, failure)
            return None, failure

    def _end(
        self, attempt: int, *, result: Payload | None = None, failure: Failure | None = None, backoff: int = 0
    ) -> None:
        now, started = self._run.timeline.now, self._task.started_at or 0
        if now - started >= self._run.options.task_timeout * 8 // 10:
            outlasts = f"outlasts its workflow task ({(now - started) / SECOND:g} s)"
            self._refuse(f"{outlasts}, which is not simulated; make it an activity")
        command = self._command
        self._done(
            {
                "seq": command.seq,
                "activity_id": command.activity_id,
                "activity_type": command.activity_type,
                "attempt": attempt,
                "time": now,
                "scheduled": self._scheduled,
                "backoff": backoff,
                "result": result,
                "failure": failure,
            }
        )

    def _refuse(self, what: str) -> NoReturn:
        run, name = self._run, self._command.activity_type
        run.timeline.refuse(f"{run.options.workflow_type} {run.workflow_id}: the local activity {name} {what}")

    def _info(self, attempt: int) -> Info:
        command, now = self._command, instant(self._run.timeline.now)
        return Info(
            activity_id=command.activity_id,
            activity_type=command.activity_type,
            attempt=attempt,
            current_attempt_scheduled_time=now,
            heartbeat_details=[],
            heartbeat_timeout=None,
            is_local=True,
            namespace=self._worker.around.namespace,
            schedule_to_close_timeout=None,
            scheduled_time=instant(self._scheduled),
            start_to_close_timeout=None,
            started_time=now,
            task_queue=self._run.options.task_queue,
            task_token=b"local",
            workflow_id=self._run.workflow_id,
            workflow_namespace=self._worker.around.namespace,
            workflow_run_id=self._run.run_id,
            workflow_type=self._run.options.workflow_type,
            priority=temporalio.common.Priority.default,
            retry_policy=temporalio.common.RetryPolicy.from_proto(self._policy()),
        )
