"""Workflow tasks: when one is scheduled, who gets it, and what its end does to the history.

::

    scheduled -> started -> completed          events for each of these, but
              |          -> failed             a retry leaves none before it completes,
              |          -> timed out          and one for updates alone leaves none if it rejects all of them
              -> timed out (sticky: its worker is gone)
"""

from __future__ import annotations

from temporalio.api.enums.v1 import TimeoutType, WorkflowTaskFailedCause
from temporalio.api.enums.v1 import event_type_pb2 as E
from temporalio.api.enums.v1.task_queue_pb2 import TASK_QUEUE_KIND_NORMAL, TASK_QUEUE_KIND_STICKY
from temporalio.api.failure.v1 import Failure
from temporalio.api.taskqueue.v1 import TaskQueue

from harness.sim.kernel.timeline import SECOND
from harness.sim.server.execution import Execution, Task
from harness.sim.server.retries import write_duration
from harness.sim.server.worker import Worker

STICKY_TIMEOUT = 10 * SECOND
"""How long a task waits for the worker that has the run in its cache."""

UNAVAILABLE_AFTER = 10 * SECOND
"""For so long after its last poll a worker counts as there. Then its queue takes no task, and any worker gets it."""

FAILURES_AT_MOST = 3
"""A server tries for ever. Here a run is stuck when its code failed so often, until something new happens to it."""

ORDINARY_ATTEMPTS = 3
"""From the next one on, a server gives a task more and more time."""

SUGGEST_NEW_RUN_EVENTS, SUGGEST_NEW_RUN_BYTES = 4096, 4 * 1024 * 1024


def schedule_task(run: Execution, *, speculative: bool = False) -> None:
    """Have a worker look at the run; changes nothing while one is about to, or will when it is done.

    :param speculative: only an update asks for it.
    """
    if not run.open or run.delayed is not None:
        return
    if run.task is not None:
        if run.task.speculative and not speculative and run.task.started_at is None:
            _write_scheduled(run, run.task)
            run.task.speculative = False
        return
    if run.history.holding:
        return  # a task is just ending; what has arrived meanwhile asks for the next one
    run.tasks_made += 1
    if _is_gone(run):
        run.sticky = None
    if run.stuck:
        run.stuck, run.attempt, run.failures = "", 1, 0
    task = Task(run.tasks_made, run.attempt, run.timeline.now, speculative=speculative and run.attempt == 1)
    task.sticky, task.next_id = run.sticky, run.history.next_id
    run.task = task
    if task.attempt == 1 and not task.speculative:
        _write_scheduled(run, task)
    _dispatch(run, task)


def begin_at_once(run: Execution) -> None:
    """Have the first task of a run that waits for its beginning now: what has reached it is not put off so long."""
    if run.delayed is not None:
        run.delayed.cancel()
        run.delayed = None
        schedule_task(run)


def _is_gone(run: Execution) -> bool:
    worker: Worker | None = run.sticky
    return worker is not None and worker.died_at is not None and run.timeline.now >= worker.died_at + UNAVAILABLE_AFTER


def _dispatch(run: Execution, task: Task) -> None:
    lag = run.lag(f"task {task.ordinal} arrives")
    if task.sticky is None:
        run.server.matching.offer_task(run, task, lag)
        return
    run.timeline.after(lag, deliver_task, run, task, task.sticky)
    task.timers.append(run.timeline.after(STICKY_TIMEOUT, time_out_task, run, task))


def deliver_task(run: Execution, task: Task, worker: Worker) -> bool:
    """The task reaches a worker. Whether that worker has it now."""
    if run.task is not task or task.started_at is not None or not worker.alive:
        return False
    if not task.scheduled_id and run.history.next_id != task.next_id:
        task.attempt, task.speculative = 1, False
        _write_scheduled(run, task)
    task.started_at, task.identity = run.timeline.now, worker.identity
    if task.scheduled_id:
        task.started_id = _write_started(run, task)
    else:
        task.started_id = run.history.next_id + 1
    run.history.holding = True
    for timer in task.timers:
        timer.cancel()
    limit = run.options.task_timeout + max(task.attempt - ORDINARY_ATTEMPTS, 0) * 5 * SECOND
    task.timers = [run.timeline.after(limit, time_out_task, run, task)]
    task.updates = sorted(
        (u for u in run.updates.values() if not u.accepted_id and u.outcome is None), key=lambda u: u.order
    )
    worker.take_workflow_task(run, task)
    return True


def end_task(run: Execution, task: Task) -> None:
    """The task is over, however."""
    for timer in task.timers:
        timer.cancel()
    run.task = None


def write_attempt(run: Execution, task: Task) -> None:
    """Write down what was kept back while it could still leave no trace."""
    if not task.scheduled_id:
        _write_scheduled(run, task)
        task.started_id = _write_started(run, task)


def fail_task(
    run: Execution,
    task: Task,
    cause: WorkflowTaskFailedCause.ValueType,
    failure: Failure | None,
    identity: str,
) -> None:
    """A worker says that it could not do the task, or the server that it cannot do what was commanded."""
    if run.task is not task or task.started_at is None:
        return
    end_task(run, task)
    if task.speculative:
        write_attempt(run, task)
    if task.scheduled_id:
        event = run.history.write(E.EVENT_TYPE_WORKFLOW_TASK_FAILED).workflow_task_failed_event_attributes
        event.scheduled_event_id, event.started_event_id = task.scheduled_id, task.started_id
        event.cause, event.identity = cause, identity
        if failure is not None:
            event.failure.CopyFrom(failure)
    _again(run, task)


def time_out_task(run: Execution, task: Task) -> None:
    """Nobody took it, or who did says nothing."""
    if run.task is not task:
        return
    end_task(run, task)
    started = task.started_at is not None
    if task.speculative:
        _write_scheduled(run, task)
        if started:
            task.identity = ""  # a server does not name the taker of a task that it had kept to itself
            task.started_id = _write_started(run, task)
    if task.scheduled_id:
        event = run.history.write(E.EVENT_TYPE_WORKFLOW_TASK_TIMED_OUT).workflow_task_timed_out_event_attributes
        event.scheduled_event_id, event.started_event_id = task.scheduled_id, task.started_id
        kinds = TimeoutType.TIMEOUT_TYPE_START_TO_CLOSE, TimeoutType.TIMEOUT_TYPE_SCHEDULE_TO_START
        event.timeout_type = kinds[0] if started else kinds[1]
    _again(run, task)


def _again(run: Execution, task: Task) -> None:
    arrived = run.history.release()
    if run.sticky is not None or arrived:
        run.sticky, run.attempt = None, 1
    else:
        run.attempt = task.attempt + 1
    if run.failures >= FAILURES_AT_MOST:
        run.stuck = run.failed_with
        run.server.stuck(run)
        return
    schedule_task(run)


def task_queue(run: Execution, task: Task) -> TaskQueue:
    """The queue that a task is scheduled on."""
    if task.sticky is None:
        return TaskQueue(name=run.options.task_queue, kind=TASK_QUEUE_KIND_NORMAL)
    kind = TASK_QUEUE_KIND_STICKY
    return TaskQueue(name=task.sticky.name, kind=kind, normal_name=run.options.task_queue)


def _write_scheduled(run: Execution, task: Task) -> None:
    event = run.history.write(E.EVENT_TYPE_WORKFLOW_TASK_SCHEDULED, task.scheduled_at)
    said = event.workflow_task_scheduled_event_attributes
    said.task_queue.CopyFrom(task_queue(run, task))
    write_duration(said.start_to_close_timeout, run.options.task_timeout)
    said.attempt = task.attempt
    task.scheduled_id = event.event_id


def _write_started(run: Execution, task: Task) -> int:
    size = run.history.size_bytes()
    event = run.history.write(E.EVENT_TYPE_WORKFLOW_TASK_STARTED, task.started_at)
    said = event.workflow_task_started_event_attributes
    said.scheduled_event_id, said.history_size_bytes, said.identity = task.scheduled_id, size, task.identity
    said.suggest_continue_as_new = event.event_id >= SUGGEST_NEW_RUN_EVENTS or size >= SUGGEST_NEW_RUN_BYTES
    return event.event_id
