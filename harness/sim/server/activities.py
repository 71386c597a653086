"""Activities as a server sees them: scheduled, given to a worker, tried again, cancelled, timed out.

A history tells of the last attempt alone, and only when the activity has come to an end. What an attempt that was taken
for dead answers later is not heard, though it may have done its work: that is what its worker cannot know.
"""

from __future__ import annotations

from temporalio.api.common.v1 import Payload, Payloads
from temporalio.api.enums.v1 import RetryState, TimeoutType
from temporalio.api.enums.v1 import event_type_pb2 as E
from temporalio.api.enums.v1.task_queue_pb2 import TASK_QUEUE_KIND_NORMAL
from temporalio.api.failure.v1 import Failure
from temporalio.api.history.v1 import HistoryEvent

from harness.sim.server.activity_timeouts import await_start, begin_timeouts, expects_beat, schedule_timeouts
from harness.sim.server.execution import Activity, Execution
from harness.sim.server.retries import completed, nanoseconds, next_retry, write_duration
from harness.sim.server.tasks import schedule_task
from harness.sim.surface import ScheduleActivity, WorkflowCommand


def schedule_activity(run: Execution, command: WorkflowCommand, completed_id: int) -> None:
    """Have a worker run an activity."""
    wanted = command.schedule_activity
    event = run.history.write(E.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED)
    _write_scheduled(run, event, wanted, completed_id)
    if command.HasField("user_metadata"):
        event.user_metadata.CopyFrom(command.user_metadata)
    event.event_group_markers.extend(command.event_group_markers)
    said = event.activity_task_scheduled_event_attributes
    limit = nanoseconds(said.schedule_to_close_timeout)
    now = run.timeline.now
    activity = Activity(event.event_id, wanted, said.retry_policy, now, now + limit if limit else None)
    activity.attempt_scheduled_at = now
    run.activities[event.event_id] = activity
    run.activity_ids[wanted.seq] = event.event_id
    schedule_timeouts(run, activity, said, time_out)
    _offer(run, activity)


def _write_scheduled(run: Execution, event: HistoryEvent, wanted: ScheduleActivity, completed_id: int) -> None:
    said = event.activity_task_scheduled_event_attributes
    said.activity_id, said.activity_type.name = wanted.activity_id, wanted.activity_type
    said.task_queue.name, said.task_queue.kind = wanted.task_queue, TASK_QUEUE_KIND_NORMAL
    said.input.payloads.extend(wanted.arguments)
    said.header.SetInParent()
    for name, payload in wanted.headers.items():
        said.header.fields[name].CopyFrom(payload)
    said.workflow_task_completed_event_id = completed_id
    said.retry_policy.CopyFrom(completed(wanted.retry_policy))
    # What is left out is bounded by what is given, and everything by the run.
    longest = run.options.run_timeout
    whole = nanoseconds(wanted.schedule_to_close_timeout)
    whole = min(filter(None, (whole, longest)), default=0)
    start = min(filter(None, (nanoseconds(wanted.schedule_to_start_timeout), whole)), default=0)
    once = min(filter(None, (nanoseconds(wanted.start_to_close_timeout), whole)), default=0)
    beat = (
        min(filter(None, (nanoseconds(wanted.heartbeat_timeout), once)), default=0)
        if nanoseconds(wanted.heartbeat_timeout)
        else 0
    )
    write_duration(said.schedule_to_close_timeout, whole)
    write_duration(said.schedule_to_start_timeout, start)
    write_duration(said.start_to_close_timeout, once)
    write_duration(said.heartbeat_timeout, beat)
    said.use_workflow_build_id = wanted.task_queue == run.options.task_queue


def _offer(run: Execution, activity: Activity) -> None:
    place = f"activity {activity.command.activity_id} attempt {activity.attempt} arrives"
    run.server.matching.offer_activity(run, activity, activity.attempt, run.lag(place))


def current(run: Execution, activity: Activity, attempt: int) -> bool:
    """Whether the server still expects this attempt to end."""
    waits = run.open and run.activities.get(activity.scheduled_id) is activity
    return waits and activity.attempt == attempt and activity.started_at is not None


def start_attempt(run: Execution, activity: Activity, attempt: int, identity: str) -> bool:
    """A worker takes the attempt. ``False`` when it is no longer wanted."""
    waits = run.open and run.activities.get(activity.scheduled_id) is activity
    if not waits or activity.attempt != attempt or activity.started_at is not None:
        return False
    activity.started_at, activity.identity = run.timeline.now, identity
    begin_timeouts(run, activity, time_out)
    return True


def beat(run: Execution, activity: Activity, attempt: int, details: Payloads | None) -> str:
    """A heartbeat arrives. What the worker is told: ``"cancel"``, ``"unknown"``, or nothing."""
    if not current(run, activity, attempt):
        return "unknown"
    activity.beat_details = details
    expects_beat(run, activity, time_out)
    return "cancel" if activity.cancel_requested_id else ""


def complete_activity(run: Execution, activity: Activity, attempt: int, result: Payload) -> None:
    """An attempt was done."""
    if current(run, activity, attempt):
        started = _write_started(run, activity)
        event = run.history.arrive(E.EVENT_TYPE_ACTIVITY_TASK_COMPLETED).activity_task_completed_event_attributes
        event.result.payloads.append(result)
        event.scheduled_event_id, event.started_event_id = activity.scheduled_id, started.event_id
        event.identity = activity.identity
        _end(run, activity)


def cancel_activity(run: Execution, activity: Activity, attempt: int, failure: Failure) -> None:
    """An attempt ended because it was cancelled."""
    if not current(run, activity, attempt):
        return
    if not activity.cancel_requested_id:
        fail_activity(run, activity, attempt, failure, None)
        return
    started = _write_started(run, activity)
    _write_canceled(run, activity, started.event_id, failure)
    _end(run, activity)


def fail_activity(run: Execution, activity: Activity, attempt: int, failure: Failure, details: Payloads | None) -> None:
    """An attempt failed: try again, or tell the workflow."""
    if current(run, activity, attempt):
        if details is not None:
            activity.beat_details = details
        state = _retry(run, activity, failure)
        if state is not None:
            started = _write_started(run, activity)
            event = run.history.arrive(E.EVENT_TYPE_ACTIVITY_TASK_FAILED).activity_task_failed_event_attributes
            event.failure.CopyFrom(failure)
            event.scheduled_event_id, event.started_event_id = activity.scheduled_id, started.event_id
            event.retry_state, event.identity = state, activity.identity
            _end(run, activity)


def time_out(run: Execution, activity: Activity, failure: Failure, *, again: bool) -> None:
    """A time-out has passed. ``again`` is whether this kind may be tried again."""
    state: RetryState.ValueType | None = RetryState.RETRY_STATE_TIMEOUT
    if again:
        state = _retry(run, activity, failure)
    kind = failure.timeout_failure_info.timeout_type
    if state == RetryState.RETRY_STATE_TIMEOUT and kind != TimeoutType.TIMEOUT_TYPE_SCHEDULE_TO_START:
        failure = no_time_left()
    if state is None:
        return
    if activity.beat_details is not None:
        failure.timeout_failure_info.last_heartbeat_details.CopyFrom(activity.beat_details)
    if activity.last_failure is not None:
        failure.cause.CopyFrom(activity.last_failure)
    started_id = _write_started(run, activity).event_id if activity.started_at is not None else 0
    event = run.history.arrive(E.EVENT_TYPE_ACTIVITY_TASK_TIMED_OUT).activity_task_timed_out_event_attributes
    event.failure.CopyFrom(failure)
    event.scheduled_event_id, event.started_event_id, event.retry_state = activity.scheduled_id, started_id, state
    _end(run, activity)


def no_time_left() -> Failure:
    """What a server says when no retry would come in time."""
    message = "Not enough time to schedule next retry before activity ScheduleToClose timeout, giving up retrying"
    failure = Failure(message=message, source="Server")
    failure.timeout_failure_info.timeout_type = TimeoutType.TIMEOUT_TYPE_SCHEDULE_TO_CLOSE
    return failure


def request_activity_cancel(run: Execution, command: WorkflowCommand, completed_id: int) -> None:
    """Ask for an activity's end; one that no worker has ends at once."""
    scheduled_id = run.activity_ids[command.request_cancel_activity.seq]
    event = run.history.write(E.EVENT_TYPE_ACTIVITY_TASK_CANCEL_REQUESTED)
    said = event.activity_task_cancel_requested_event_attributes
    said.scheduled_event_id, said.workflow_task_completed_event_id = scheduled_id, completed_id
    activity = run.activities.get(scheduled_id)
    if activity is None:
        return  # it has ended since the worker was given the history
    activity.cancel_requested_id = event.event_id
    if activity.started_at is None:
        _write_canceled(run, activity, 0, None)
        _end(run, activity)


def _retry(run: Execution, activity: Activity, failure: Failure) -> RetryState.ValueType | None:
    """``None`` when it is tried again, or why it is not."""
    if activity.cancel_requested_id:
        return RetryState.RETRY_STATE_CANCEL_REQUESTED
    now = run.timeline.now
    state, wait = next_retry(activity.policy, activity.attempt, failure, now=now, expires=activity.expires)
    if state != RetryState.RETRY_STATE_IN_PROGRESS:
        return state
    for timer in (*activity.timers, activity.beat_timer):
        if timer is not None:
            timer.cancel()
    activity.timers.clear()
    activity.attempt += 1
    activity.started_at, activity.last_failure = None, failure
    activity.attempt_scheduled_at = now + wait
    activity.timers.append(run.timeline.after(wait, _try_again, run, activity))
    return None


def _try_again(run: Execution, activity: Activity) -> None:
    await_start(run, activity, time_out)
    _offer(run, activity)


def _write_started(run: Execution, activity: Activity) -> HistoryEvent:
    event = run.history.arrive(E.EVENT_TYPE_ACTIVITY_TASK_STARTED, activity.started_at)
    said = event.activity_task_started_event_attributes
    said.scheduled_event_id, said.attempt, said.identity = activity.scheduled_id, activity.attempt, activity.identity
    if activity.last_failure is not None:
        said.last_failure.CopyFrom(activity.last_failure)
    return event


def _write_canceled(run: Execution, activity: Activity, started_id: int, failure: Failure | None) -> None:
    event = run.history.arrive(E.EVENT_TYPE_ACTIVITY_TASK_CANCELED).activity_task_canceled_event_attributes
    event.scheduled_event_id, event.started_event_id = activity.scheduled_id, started_id
    event.latest_cancel_requested_event_id, event.identity = activity.cancel_requested_id, activity.identity
    if failure is not None and failure.canceled_failure_info.HasField("details"):
        event.details.CopyFrom(failure.canceled_failure_info.details)


def _end(run: Execution, activity: Activity) -> None:
    forget_timers(activity)
    del run.activities[activity.scheduled_id]
    schedule_task(run)


def forget_timers(activity: Activity) -> None:
    """No time-out of it counts any more."""
    for timer in (*activity.timers, activity.beat_timer, activity.closing_timer):
        if timer is not None:
            timer.cancel()
