"""What a command asks for and what its event says, field by field under one name, as plain JSON.

A field that a server fills in by itself where the command leaves it out is compared only where the command has it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from temporalio.api.common.v1 import Payload, Priority

from harness.replay.drift.defaults import retries_of, timeouts_of
from harness.replay.drift.plain import failure_of, named, seconds, value_of, values_of

Fields = dict[str, Any]
Both = tuple[Fields, Fields]
"""Then and now: of the event, and of the command."""
OF_TRACING = "_tracer-data"
"""The header in which Temporal's own interceptors for OpenTelemetry hand a span on. A replay begins no span."""


def fields_of(kind: str, event: Any, command: Any, run_seconds: float) -> Both:
    """Both sides of one command; empty for a kind of which SDK Core compares everything.

    :param event: the attributes of the event; ``command`` is what the SDK calls ``kind``.
    :param run_seconds: the time-out of the run, 0 for none.
    """
    if kind == "schedule_activity":
        return _activity(event, command, run_seconds)
    make = MADE.get(kind)
    return make(event, command) if make is not None else ({}, {})


def _headers(fields: Mapping[str, Payload]) -> Fields:
    return {name: value for name, value in named(fields).items() if name != OF_TRACING}


def _activity(event: Any, command: Any, run_seconds: float) -> Both:
    now = {
        "arguments": values_of(command.arguments),
        "headers": _headers(command.headers),
        "task_queue": command.task_queue,
        **_priority(command.priority),
        "retry_policy": retries_of(command.retry_policy),
        **timeouts_of(command, run_seconds),
    }
    then = {
        "arguments": values_of(event.input.payloads),
        "headers": _headers(event.header.fields),
        "task_queue": event.task_queue.name,
        **_priority(event.priority),
        "retry_policy": retries_of(event.retry_policy),
        **{name: seconds(getattr(event, name)) for name in timeouts_of(command, run_seconds)},
    }
    return then, now


def _priority(given: Priority) -> Fields:
    return {
        "priority": given.priority_key,
        "fairness_key": given.fairness_key,
        "fairness_weight": given.fairness_weight,
    }


def _timer(event: Any, command: Any) -> Both:
    length = "start_to_fire_timeout"
    return {length: seconds(event.start_to_fire_timeout)}, {length: seconds(command.start_to_fire_timeout)}


def _child(event: Any, command: Any) -> Both:
    now = {
        "arguments": values_of(command.input),
        "headers": _headers(command.headers),
        "task_queue": command.task_queue,
        "memo": named(command.memo),
        "search_attributes": named(command.search_attributes.indexed_fields),
        "parent_close_policy": command.parent_close_policy,
        "workflow_id_reuse_policy": command.workflow_id_reuse_policy,
        "cron_schedule": command.cron_schedule,
        **_priority(command.priority),
        "retry_policy": retries_of(command.retry_policy) if command.HasField("retry_policy") else None,
    }
    then = {
        "arguments": values_of(event.input.payloads),
        "headers": _headers(event.header.fields),
        "task_queue": event.task_queue.name,
        "memo": named(event.memo.fields),
        "search_attributes": named(event.search_attributes.indexed_fields),
        "parent_close_policy": event.parent_close_policy,
        "workflow_id_reuse_policy": event.workflow_id_reuse_policy,
        "cron_schedule": event.cron_schedule,
        **_priority(event.priority),
        "retry_policy": retries_of(event.retry_policy) if event.HasField("retry_policy") else None,
    }
    whole, run = "workflow_execution_timeout", "workflow_run_timeout"
    _with_given(then, now, event, command, (whole, run, "workflow_task_timeout"))
    kept = {name: seconds(getattr(event, name)) for name in (whole, run)}
    # A run has no time-out of its own, or that of the whole; what else the event has was asked for.
    gone = {name: length for name, length in kept.items() if name not in now and length and length != kept[whole]}
    if whole not in now and kept[whole]:
        gone[whole] = kept[whole]
    return {**then, **gone}, {**now, **dict.fromkeys(gone, 0.0)}


def _new_run(event: Any, command: Any) -> Both:
    now: Fields = {"arguments": values_of(command.arguments), "headers": _headers(command.headers)}
    then: Fields = {"arguments": values_of(event.input.payloads), "headers": _headers(event.header.fields)}
    if command.workflow_type:
        now["workflow_type"], then["workflow_type"] = command.workflow_type, event.workflow_type.name
    if command.task_queue:
        now["task_queue"], then["task_queue"] = command.task_queue, event.task_queue.name
    if command.memo:
        now["memo"], then["memo"] = named(command.memo), named(event.memo.fields)
    if command.search_attributes.indexed_fields:
        now["search_attributes"] = named(command.search_attributes.indexed_fields)
        then["search_attributes"] = named(event.search_attributes.indexed_fields)
    return _with_given(then, now, event, command, ("workflow_run_timeout", "workflow_task_timeout"))


def _with_given(then: Fields, now: Fields, event: Any, command: Any, names: tuple[str, ...]) -> Both:
    for name in names:
        if given := seconds(getattr(command, name)):
            now[name], then[name] = given, seconds(getattr(event, name))
    return then, now


def _signal(event: Any, command: Any) -> Both:
    target = command.child_workflow_id or command.workflow_execution.workflow_id
    now = {"workflow_id": target, "signal": command.signal_name, "arguments": values_of(command.args)}
    then_id, then_arguments = event.workflow_execution.workflow_id, values_of(event.input.payloads)
    return {"workflow_id": then_id, "signal": event.signal_name, "arguments": then_arguments}, now


def _cancel(event: Any, command: Any) -> Both:
    return (
        {"workflow_id": event.workflow_execution.workflow_id},
        {"workflow_id": command.workflow_execution.workflow_id},
    )


def _search_attributes(event: Any, command: Any) -> Both:
    return named(event.search_attributes.indexed_fields), named(command.search_attributes.indexed_fields)


def _memo(event: Any, command: Any) -> Both:
    return named(event.upserted_memo.fields), named(command.upserted_memo.fields)


def _update(event: Any, command: Any) -> Both:
    if command.HasField("completed"):
        then = values_of(event.outcome.success.payloads)
        return {"result": then[0] if then else None}, {"result": value_of(command.completed)}
    if command.HasField("rejected"):
        return {"failure": failure_of(event.outcome.failure)}, {"failure": failure_of(command.rejected)}
    return {}, {}


def _completed(event: Any, command: Any) -> Both:
    then = values_of(event.result.payloads)
    now = value_of(command.result) if command.HasField("result") else None
    return {"result": then[0] if then else None}, {"result": now}


def _failed(event: Any, command: Any) -> Both:
    return {"failure": failure_of(event.failure)}, {"failure": failure_of(command.failure)}


MADE: Mapping[str, Callable[[Any, Any], Both]] = {
    "start_timer": _timer,
    "start_child_workflow_execution": _child,
    "continue_as_new_workflow_execution": _new_run,
    "signal_external_workflow_execution": _signal,
    "request_cancel_external_workflow_execution": _cancel,
    "upsert_workflow_search_attributes": _search_attributes,
    "modify_workflow_properties": _memo,
    "update_response": _update,
    "complete_workflow_execution": _completed,
    "fail_workflow_execution": _failed,
}
