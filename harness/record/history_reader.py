"""Reads out of one history what the checks need of it: policies, states, failed tasks, what was left open.

Data flow: fetched history → **plain JSON for the journal** → record. Pure. Not covered: event times, because a
server's clock is never compared with the host's.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import temporalio.api.enums.v1
import temporalio.api.history.v1
from google.protobuf.duration_pb2 import Duration

from harness.record.history_states import entered, tried_again_in

Event = temporalio.api.history.v1.HistoryEvent

LOCAL_ACTIVITY = "core_local_activity"
"""The name of the marker."""
ACTIVITY_CLOSES = ("completed", "failed", "timed_out", "canceled")
CLOSES = {
    f"workflow_execution_{word}_event_attributes": word.upper()
    for word in ("completed", "failed", "canceled", "terminated", "timed_out", "continued_as_new")
}


def policies_of(events: Iterable[Event]) -> list[dict[str, Any]]:
    """The different time-outs and retries that activities of this history were scheduled with."""
    found = []
    for event in events:
        if event.HasField("activity_task_scheduled_event_attributes"):
            scheduled = event.activity_task_scheduled_event_attributes
            retry = scheduled.retry_policy
            policy = {
                "activity": scheduled.activity_type.name,
                "heartbeat_timeout_seconds": _seconds(scheduled.heartbeat_timeout),
                "start_to_close_timeout_seconds": _seconds(scheduled.start_to_close_timeout),
                "initial_interval_seconds": _seconds(retry.initial_interval),
                "backoff_coefficient": retry.backoff_coefficient,
                "maximum_interval_seconds": _seconds(retry.maximum_interval),
                "maximum_attempts": retry.maximum_attempts,
                "non_retryable_error_types": list(retry.non_retryable_error_types),
            }
            if policy not in found:
                found.append(policy)
    return found


def facts_of(events: Sequence[Event], status_attribute: str | None) -> dict[str, Any]:
    """The fields of ``HistoryFacts`` beside the ids.

    :param status_attribute: the search attribute that holds the application's own state, if it has one.
    """
    return {
        "tasks_completed": tasks_completed(events),
        "states": dict(Counter(entered(events, status_attribute))) if status_attribute else {},
        "tried_again_in": dict(Counter(tried_again_in(events, status_attribute))) if status_attribute else {},
        "task_failures": _task_failures(events),
        "failed_on": [failed.identity for failed in _failed_tasks(events)],
        "lost_tasks": list(_lost_tasks(events)),
        "workflow_task_timeout_seconds": _seconds(
            events[0].workflow_execution_started_event_attributes.workflow_task_timeout if events else Duration()
        ),
        "open_updates": _open_updates(events),
        "open_activities": _open_activities(events),
        "failed_activities": _failed_activities(events),
        "cancelled_activities": _cancelled_activities(events),
        "retried_after": _retried_after(events),
        "workers": _workers(events),
    }


def completed_locally(events: Iterable[Event]) -> Iterator[tuple[str, int, str]]:
    """Activity id, attempt and type of each local activity that was completed.

    The SDK's Core leaves a marker for each, with these in JSON (its ``LocalActivityMarkerData``).
    """
    for event in events:
        marker = event.marker_recorded_event_attributes
        if marker.marker_name != LOCAL_ACTIVITY or marker.HasField("failure"):
            continue
        said = json.loads(marker.details["data"].payloads[0].data)
        yield str(said["activity_id"]), int(said["attempt"]), str(said["activity_type"])


def status_of(events: Sequence[Event]) -> str:
    """How the execution ended, in the SDK's words, or RUNNING. Visibility says so too, some time later."""
    return CLOSES.get(events[-1].WhichOneof("attributes") or "", "RUNNING") if events else "RUNNING"


def workflow_id_of(events: Sequence[Event]) -> str:
    """Whose history it is, as its first event says; empty where none does."""
    return events[0].workflow_execution_started_event_attributes.workflow_id if events else ""


def tasks_completed(events: Iterable[Event]) -> int:
    """How many workflow tasks a worker has completed; with none, a replay has nothing to compare."""
    return sum(event.HasField("workflow_task_completed_event_attributes") for event in events)


def _workers(events: Iterable[Event]) -> list[str]:
    """Who was handed a workflow task, each once."""
    identities = (
        event.workflow_task_started_event_attributes.identity
        for event in events
        if event.HasField("workflow_task_started_event_attributes")
    )
    return sorted(set(identities))


def _failed_tasks(
    events: Iterable[Event],
) -> list[temporalio.api.history.v1.WorkflowTaskFailedEventAttributes]:
    return [
        event.workflow_task_failed_event_attributes
        for event in events
        if event.HasField("workflow_task_failed_event_attributes")
    ]


def _task_failures(events: Iterable[Event]) -> list[str]:
    failures = []
    for failed in _failed_tasks(events):
        name = temporalio.api.enums.v1.WorkflowTaskFailedCause.Name(failed.cause)
        cause = name.removeprefix("WORKFLOW_TASK_FAILED_CAUSE_")
        failures.append(f"{cause}: {failed.failure.message}".removesuffix(": "))
    return failures


def _lost_tasks(events: Iterable[Event]) -> Iterator[dict[str, Any]]:
    """The tasks that ran out of time. One that nobody took waited for the worker that keeps the execution in mind:

    the last that completed a task of it. So did one whose taker the server does not name: it writes the events of a
    speculative task, which an update brings about, only once the task has run out, and then without an identity.
    """
    takers: dict[int, str] = {}
    keeper = ""
    for event in events:
        if event.HasField("workflow_task_started_event_attributes"):
            takers[event.event_id] = event.workflow_task_started_event_attributes.identity
        elif event.HasField("workflow_task_completed_event_attributes"):
            keeper = event.workflow_task_completed_event_attributes.identity
        elif event.HasField("workflow_task_timed_out_event_attributes"):
            taker = takers.get(event.workflow_task_timed_out_event_attributes.started_event_id)
            yield {"worker": taker or keeper, "started": bool(taker)}


def _ended_from_outside(events: Sequence[Event]) -> bool:
    """Whether the workflow's own code had no say in when it ended, nor in what was under way then."""
    return status_of(events) in ("TERMINATED", "TIMED_OUT")


def _open_updates(events: Sequence[Event]) -> int:
    """How many accepted updates the workflow left without an answer."""
    if _ended_from_outside(events):
        return 0
    accepted: set[str] = set()
    for event in events:
        if event.HasField("workflow_execution_update_accepted_event_attributes"):
            accepted.add(event.workflow_execution_update_accepted_event_attributes.protocol_instance_id)
        if event.HasField("workflow_execution_update_completed_event_attributes"):
            accepted.discard(event.workflow_execution_update_completed_event_attributes.meta.update_id)
    return len(accepted)


def _open_activities(events: Sequence[Event]) -> list[str]:
    """The types of the activities that the workflow left: it neither saw them end nor asked them to stop.

    One that it asked to stop it need not wait for, and by default does not (``ActivityCancellationType.TRY_CANCEL``).
    """
    if _ended_from_outside(events):
        return []
    scheduled: dict[int, str] = {}
    for event in events:
        if event.HasField("activity_task_scheduled_event_attributes"):
            scheduled[event.event_id] = event.activity_task_scheduled_event_attributes.activity_type.name
        for word in (*ACTIVITY_CLOSES, "cancel_requested"):
            if event.HasField(f"activity_task_{word}_event_attributes"):  # type: ignore[arg-type]
                scheduled.pop(getattr(event, f"activity_task_{word}_event_attributes").scheduled_event_id, None)
    return list(scheduled.values())


def _failed_activities(events: Sequence[Event]) -> list[dict[str, Any]]:
    by_id = {event.event_id: event for event in events}
    failures = []
    for event in events:
        for word in ("failed", "timed_out"):
            if not event.HasField(f"activity_task_{word}_event_attributes"):  # type: ignore[arg-type]
                continue
            closed = getattr(event, f"activity_task_{word}_event_attributes")
            scheduled = by_id[closed.scheduled_event_id].activity_task_scheduled_event_attributes
            started = by_id.get(closed.started_event_id)
            state = temporalio.api.enums.v1.RetryState.Name(closed.retry_state)
            failures.append(
                {
                    "activity": scheduled.activity_type.name,
                    "activity_id": scheduled.activity_id,
                    "attempt": started.activity_task_started_event_attributes.attempt if started else 0,
                    "retry_state": state.removeprefix("RETRY_STATE_"),
                    "message": closed.failure.message or closed.failure.cause.message,
                }
            )
    return failures


def _cancelled_activities(events: Sequence[Event]) -> list[str]:
    by_id = {event.event_id: event for event in events}
    return [
        by_id[
            event.activity_task_canceled_event_attributes.scheduled_event_id
        ].activity_task_scheduled_event_attributes.activity_id
        for event in events
        if event.HasField("activity_task_canceled_event_attributes")
    ]


def _retried_after(events: Sequence[Event]) -> list[dict[str, Any]]:
    by_id = {event.event_id: event for event in events}
    retried = []
    for event in events:
        started = event.activity_task_started_event_attributes
        if started.attempt > 1 and started.HasField("last_failure"):
            scheduled = by_id[started.scheduled_event_id].activity_task_scheduled_event_attributes
            kind = started.last_failure.WhichOneof("failure_info") or "unknown"
            retried.append(
                {
                    "activity_id": scheduled.activity_id,
                    "attempt": started.attempt - 1,
                    "failure": kind.removesuffix("_failure_info"),
                }
            )
    return retried


def _seconds(duration: Duration) -> float:
    return duration.seconds + duration.nanos / 1e9
