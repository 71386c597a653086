"""One attempt of an activity in a worker process: the application's function, in virtual time, in its own context.

Faults strike at the cuts where a real process can break: before the function does anything, after it has done all and
before anybody hears of it, while it is slow, and while its heartbeats do not arrive. A function whose attempt the
server gave up runs on (the zombie), beside the next attempt.
"""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import temporalio.activity
import temporalio.common
from temporalio.activity import Info
from temporalio.api.common.v1 import Payloads
from temporalio.api.failure.v1 import Failure
from temporalio.exceptions import ApplicationError, CancelledError
from temporalio.worker import ExecuteActivityInput

from harness.sim.kernel.plan import Choice
from harness.sim.kernel.timeline import SECOND
from harness.sim.refusal import NotSimulated
from harness.sim.server.activities import cancel_activity, complete_activity, fail_activity, start_attempt
from harness.sim.server.execution import Activity, Execution
from harness.sim.server.server import instant
from harness.sim.surface import CompletesLater, RunningActivity
from harness.sim.worker.beats import Beats
from harness.sim.worker.chain import call
from harness.sim.worker.process import Process

FAULTS = (
    *("activity-fails-before", "activity-fails-after", "activity-slow-before", "activity-slow-after"),
    *("activity-lost-before", "activity-lost-after", "beats-lost", "worker-dies-in-activity"),
)
"""Kinds of fault that strike at an attempt."""

LONGEST_WITHOUT_LIMIT = 60 * SECOND


class InjectedFailure(Exception):
    """What an attempt fails with that a fault has struck."""


def begin_attempt(worker: Process, run: Execution, activity: Activity, number: int) -> bool:
    """Take an attempt and start it. ``False`` when the server does not want it any more."""
    if not start_attempt(run, activity, number, worker.identity):
        return False
    attempt = Attempt(worker, run, activity, number)
    attempt.start()
    return True


class Attempt:
    """The attempt, from its start to what the server is told of it."""

    def __init__(self, worker: Process, run: Execution, activity: Activity, number: int) -> None:
        self._worker, self._run, self._activity, self._number = worker, run, activity, number
        self._place = f"{run.place} activity {activity.command.activity_id} attempt {number}"
        longest = 2 * (activity.once_limit or LONGEST_WITHOUT_LIMIT)
        self._fault = worker.around.choices.fault(f"{self._place} fault", FAULTS, longest)
        self._info = _info(worker, run, activity, number)
        self._context = RunningActivity(self._info, worker.around.kit.converter.payload_converter, worker.around.client)
        self._beats = Beats(
            *(run, activity, number, self._place, self._told),
            lost=self._has("beats-lost"),
            every=worker.around.kit.beats_every,
            at_most_every=worker.around.kit.beats_at_most_every,
        )
        self._task: asyncio.Task[None] | None = None
        self._requested = False

    def start(self) -> None:
        """Begin it on the worker's loop."""
        self._worker.attempts.add(self)
        self._task = self._worker.loop.create_task(self._live())
        if self._has("worker-dies-in-activity"):
            self._run.timeline.after(self._fault_time, self._worker.die)

    def bury(self) -> None:
        """Its process is dead: nothing of it happens any more, and nobody is told that it never ended."""
        if self._task is not None:
            self._task._log_destroy_pending = False  # type: ignore[attr-defined]

    @property
    def _fault_time(self) -> int:
        return self._fault.nanoseconds if self._fault is not None else 0

    def _has(self, *kinds: str) -> bool:
        fault: Choice | None = self._fault
        return fault is not None and fault.kind in kinds

    async def _live(self) -> None:
        self._context.enter()
        watch = self._worker.around.watch
        (watch.attempt_lost if self._has("activity-lost-before") else watch.attempt_began)(*self._seen)
        try:
            if self._has("activity-slow-before"):
                await asyncio.sleep(self._fault_time / SECOND)
            if self._has("activity-fails-before"):
                raise InjectedFailure("before it did anything")
            if self._has("activity-lost-before"):
                return
            result = await self._call()
            if self._has("activity-slow-after"):
                await asyncio.sleep(self._fault_time / SECOND)
            if self._has("activity-fails-after"):
                raise InjectedFailure("after it was done")
            self._ended(None)
            if not self._has("activity-lost-after"):
                converter = self._worker.around.kit.converter.payload_converter
                self._send(complete_activity, converter.to_payloads([result])[0])
        except (asyncio.CancelledError, CancelledError) as error:
            self._ended(error)
            if self._requested:
                self._send(cancel_activity, self._failure(CancelledError("Cancelled")))
            else:
                self._send(fail_activity, self._failure(error), self._beats.unsent)
        except CompletesLater:
            told = "activity.raise_complete_async() is not simulated; let the workflow wait for a signal instead"
            self._run.timeline.refuse(f"{self._activity.command.activity_type} of {self._run.workflow_id}: {told}")
        except NotSimulated as error:
            self._run.timeline.refuse(str(error))
        except (Exception, SystemExit) as error:  # as the SDK's worker, which does not end with its activities
            self._ended(error)
            self._send(fail_activity, self._failure(error), self._beats.unsent)
        finally:
            self._beats.end()
            self._worker.attempts.discard(self)

    @property
    def _seen(self) -> tuple[str, Execution, Activity, int]:
        return self._worker.name, self._run, self._activity, self._number

    def _ended(self, error: BaseException | None) -> None:
        self._worker.around.watch.attempt_ended(*self._seen, error)

    async def _call(self) -> Any:
        kit = self._worker.around.kit
        command = self._activity.command
        found = kit.activity(command.task_queue, command.activity_type)
        if found is None:
            known = ", ".join(sorted(kit.activities))
            raise ApplicationError(
                f"Activity function {command.activity_type} for workflow {self._run.workflow_id} "
                f"is not registered on this worker, available activities: {known}",
                type="NotFoundError",
            )
        types = found.arg_types
        if types is not None and len(types) != len(command.arguments):
            types = None
        args = kit.converter.payload_converter.from_payloads(command.arguments, types) if command.arguments else []
        wanted = ExecuteActivityInput(fn=found.fn, args=args, executor=None, headers=command.headers)
        return await call(kit.interceptors, wanted, self._context, self._beats.beat)

    def _failure(self, error: BaseException) -> Failure:
        failure, converter = Failure(), self._worker.around.kit.converter
        if isinstance(error, asyncio.CancelledError):
            error = CancelledError("Cancelled")
        assert isinstance(error, Exception | SystemExit)
        converter.failure_converter.to_failure(error, converter.payload_converter, failure)
        return failure

    def _send(self, tell: Any, *what: Any) -> None:
        lag = self._worker.around.choices.lag(f"{self._place} answers")
        self._run.timeline.after(lag, tell, self._run, self._activity, self._number, *what)

    def _told(self, answer: str) -> None:
        """What the server answers to a heartbeat."""
        if self._task is None or self._task.done() or not self._worker.alive:
            return
        self._requested = answer == "cancel"
        why = {"cancel_requested": True} if self._requested else {"not_found": True}
        self._worker.loop.call_soon(lambda: self._cancel(why))

    def _cancel(self, why: dict[str, bool]) -> None:
        if self._task is not None and not self._task.done():
            self._context.cancel(**why)
            self._task.cancel("Activity cancelled")


def _info(worker: Process, run: Execution, activity: Activity, number: int) -> Info:
    command, converter = activity.command, worker.around.kit.converter.payload_converter
    details: Payloads | None = activity.beat_details
    return Info(
        activity_id=command.activity_id,
        activity_type=command.activity_type,
        attempt=number,
        current_attempt_scheduled_time=instant(activity.attempt_scheduled_at),
        heartbeat_details=converter.from_payloads(details.payloads) if details is not None else [],
        heartbeat_timeout=_time(activity.beat_limit),
        is_local=False,
        namespace=worker.around.namespace,
        schedule_to_close_timeout=_time(activity.expires - activity.scheduled_at if activity.expires else 0),
        scheduled_time=instant(activity.scheduled_at),
        start_to_close_timeout=_time(activity.once_limit),
        started_time=instant(run.timeline.now),
        task_queue=command.task_queue,
        task_token=f"{run.run_id} {activity.scheduled_id} {number}".encode(),
        workflow_id=run.workflow_id,
        workflow_namespace=worker.around.namespace,
        workflow_run_id=run.run_id,
        workflow_type=run.options.workflow_type,
        priority=temporalio.common.Priority.default,
        retry_policy=temporalio.common.RetryPolicy.from_proto(activity.policy),
    )


def _time(nanoseconds: int) -> timedelta | None:
    return timedelta(microseconds=nanoseconds // 1000) if nanoseconds else None
