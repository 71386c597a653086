"""Drift: what is the same, what is not, and what a server makes of it meanwhile."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import pytest
from temporalio.api.common.v1 import Payload, RetryPolicy
from temporalio.api.failure.v1 import Failure
from temporalio.api.history.v1 import HistoryEvent

from harness.errors import UsageError
from harness.replay.drift.allowed import NAME, Allowed, allowed_beside
from harness.replay.drift.defaults import retries_of, timeouts_of
from harness.replay.drift.fields import MADE, fields_of
from harness.replay.drift.plain import differences, failure_of, payloads_in, value_of
from harness.replay.result import Drift
from harness.sim.surface import ScheduleActivity, WorkflowCommand
from harness.sim.worker.reading import COMMANDED


def json_payload(text: str) -> Payload:
    return Payload(metadata={"encoding": b"json/plain"}, data=text.encode())


@pytest.mark.parametrize(
    ("then", "now", "found"),
    [
        ({"a": 1, "b": 2}, {"b": 2, "a": 1}, []),
        ({"a": {"b": [1, 2]}}, {"a": {"b": [1, 3]}}, [("a.b[1]", 2, 3)]),
        ({"a": 1}, {}, [("a", 1, None)]),
        ([1, 2], [1, 2, 3], [("", [1, 2], [1, 2, 3])]),
        ({"a": 1}, {"a": True}, [("a", 1, True)]),
        ({"a": math.nan}, {"a": math.nan}, []),
        ({"a": math.nan}, {"a": 1.0}, [("a", math.nan, 1.0)]),
    ],
)
def test_a_difference_is_named_at_its_deepest_place(then: object, now: object, found: list[object]) -> None:
    assert list(differences(then, now)) == found


def test_payloads_are_compared_by_what_they_hold() -> None:
    assert value_of(json_payload('{"a":1, "b":2}')) == value_of(json_payload('{"b":2,"a":1}'))
    assert value_of(Payload(metadata={"encoding": b"binary/null"})) is None
    assert value_of(Payload(metadata={"encoding": b"binary/plain"}, data=b"a")) != value_of(
        Payload(metadata={"encoding": b"binary/plain"}, data=b"b")
    )
    assert value_of(json_payload("{")) == value_of(json_payload("{"))
    assert value_of(json_payload("[" * 99_999)) == value_of(json_payload("[" * 99_999))


@pytest.mark.parametrize("kind", ["schedule_activity", "start_child_workflow_execution"])
def test_a_span_that_no_replay_begins_is_no_drift_and_another_header_is(kind: str) -> None:
    event = HistoryEvent()
    if kind == "schedule_activity":
        then: Any = event.activity_task_scheduled_event_attributes
    else:
        then = event.start_child_workflow_execution_initiated_event_attributes
    command = getattr(WorkflowCommand(), kind)
    then.header.fields["_tracer-data"].CopyFrom(json_payload('{"traceparent": "00-1-2-01"}'))
    then.header.fields["tenant"].CopyFrom(json_payload('"one"'))
    command.headers["tenant"].CopyFrom(json_payload('"other"'))

    was, is_now = fields_of(kind, then, command, 0)

    assert (was["headers"], is_now["headers"]) == ({"tenant": "one"}, {"tenant": "other"})


def test_a_failure_is_compared_without_its_stack_traces() -> None:
    one, other = Failure(message="no", stack_trace="line 1"), Failure(message="no", stack_trace="line 2")
    one.cause.application_failure_info.type = other.cause.application_failure_info.type = "Refused"
    assert failure_of(one) == failure_of(other)
    other.cause.application_failure_info.type = "Away"
    assert failure_of(one) != failure_of(other)


def test_every_payload_of_an_event_is_found() -> None:
    event = HistoryEvent()
    said = event.activity_task_scheduled_event_attributes
    said.input.payloads.append(json_payload("1"))
    said.header.fields["trace"].CopyFrom(json_payload("2"))
    assert sorted(payload.data for payload in payloads_in(event)) == [b"1", b"2"]


@pytest.mark.parametrize(
    ("given", "run", "whole", "wait", "attempt", "beat"),
    [
        ({"start_to_close_timeout": 300, "heartbeat_timeout": 5}, 0, 0, 0, 300, 5),
        ({"schedule_to_close_timeout": 60}, 0, 60, 60, 60, 0),
        ({"schedule_to_close_timeout": 60, "start_to_close_timeout": 300}, 0, 60, 60, 60, 0),
        ({"start_to_close_timeout": 300, "heartbeat_timeout": 600}, 0, 0, 0, 300, 300),
        ({"start_to_close_timeout": 300}, 100, 100, 100, 100, 0),
    ],
)
def test_time_outs_are_filled_in_as_a_server_does(
    given: dict[str, int], run: float, whole: float, wait: float, attempt: float, beat: float
) -> None:
    command = ScheduleActivity()
    for name, seconds in given.items():
        getattr(command, name).FromSeconds(seconds)
    assert tuple(timeouts_of(command, run).values()) == (whole, wait, attempt, beat)


def test_a_policy_that_is_not_given_is_the_servers() -> None:
    told = RetryPolicy(backoff_coefficient=2.0)
    told.initial_interval.FromSeconds(1)
    told.maximum_interval.FromSeconds(100)
    assert retries_of(RetryPolicy()) == retries_of(told)


def test_every_kind_of_command_is_compared_or_left_to_the_core() -> None:
    cores = {"cancel_timer", "request_cancel_activity", "marker", "cancel_workflow_execution"}
    assert set(COMMANDED.values()) - cores == {*MADE, "schedule_activity"}
    assert fields_of("cancel_timer", None, None, 0) == ({}, {})


@pytest.mark.parametrize(
    ("kept", "given", "found"),
    [
        ({"workflow_run_timeout": 100}, {}, [("workflow_run_timeout", 100.0, 0.0)]),
        ({"workflow_execution_timeout": 100}, {}, [("workflow_execution_timeout", 100.0, 0.0)]),
        (
            {"workflow_execution_timeout": 100, "workflow_run_timeout": 100},
            {"workflow_execution_timeout": 100},
            [],
        ),
        ({"workflow_task_timeout": 10}, {}, []),
        ({"workflow_run_timeout": 100}, {"workflow_run_timeout": 100}, []),
    ],
    ids=["no run", "no whole", "filled in", "the server's own", "the same"],
)
def test_a_time_out_that_a_child_no_longer_has_is_drift(
    kept: dict[str, int], given: dict[str, int], found: list[object]
) -> None:
    event, command = HistoryEvent(), WorkflowCommand()
    then, now = event.start_child_workflow_execution_initiated_event_attributes, command.start_child_workflow_execution
    for said, lengths in ((then, kept), (now, given)):
        for name, length in lengths.items():
            getattr(said, name).FromSeconds(length)
    assert list(differences(*fields_of("start_child_workflow_execution", then, now, 0))) == found


def test_another_fairness_is_drift() -> None:
    event, command = HistoryEvent(), ScheduleActivity()
    command.priority.fairness_key = "urgent"
    kept = event.activity_task_scheduled_event_attributes
    assert ("fairness_key", "", "urgent") in list(differences(*fields_of("schedule_activity", kept, command, 0)))


DRIFT = Drift("event 12 ActivityTaskScheduled pack (id 3)", "arguments[0].amount", "1", "2")


@pytest.mark.parametrize(
    ("entry", "workflow_type", "allows"),
    [
        (Allowed("ActivityTaskScheduled pack", "arguments", "asked for"), "Order", True),
        (Allowed("ActivityTaskScheduled pack", "arguments[0].amount", "asked for", "Order"), "Order", True),
        (Allowed("ActivityTaskScheduled pack", "arguments[0].am", "asked for"), "Order", False),
        (Allowed("ActivityTaskScheduled pack", "arguments", "asked for", "Order"), "Return", False),
        (Allowed("ActivityTaskScheduled unpack", "arguments", "asked for"), "Order", False),
    ],
)
def test_an_entry_allows_its_own_drift_alone(entry: Allowed, workflow_type: str, allows: bool) -> None:
    assert entry.allows(DRIFT, workflow_type) is allows


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("drift = 1", "write each entry as"),
        ("[[drifts]]", "unknown key 'drifts'"),
        ('[[drift]]\nevent = "A"\nfield = "b"', "entry 1"),
        ('[[drift]]\nevent = "A"\nfield = "b"\nbecause = " "', "say in `because` why"),
        ("[", "not valid TOML"),
    ],
)
def test_a_list_that_says_no_reason_is_refused(tmp_path: Path, text: str, told: str) -> None:
    (tmp_path / NAME).write_text(text)
    with pytest.raises(UsageError, match=told):
        allowed_beside([tmp_path / "one.json"])
