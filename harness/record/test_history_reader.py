"""Facts and policies read out of hand-made histories."""

from __future__ import annotations

import pytest
from temporalio.api.enums.v1 import RetryState, WorkflowTaskFailedCause
from temporalio.api.history.v1 import HistoryEvent
from temporalio.client import WorkflowExecutionStatus

from harness.record.history_reader import facts_of, policies_of, status_of, tasks_completed
from harness.record.history_states import state_of


def scheduled(event_id: int, activity: str = "send", attempts: int = 5) -> HistoryEvent:
    event = HistoryEvent(event_id=event_id)
    attributes = event.activity_task_scheduled_event_attributes
    attributes.activity_id, attributes.activity_type.name = str(event_id), activity
    attributes.heartbeat_timeout.FromMilliseconds(2500)
    attributes.retry_policy.maximum_attempts = attempts
    attributes.retry_policy.non_retryable_error_types.append("Refused")
    return event


def started(event_id: int, attempt: int) -> HistoryEvent:
    event = HistoryEvent(event_id=event_id)
    event.activity_task_started_event_attributes.attempt = attempt
    return event


def shown(event_id: int, state: str) -> HistoryEvent:
    event = HistoryEvent(event_id=event_id)
    fields = event.upsert_workflow_search_attributes_event_attributes.search_attributes.indexed_fields
    fields["Status"].data = f'"{state}"'.encode()
    return event


def test_each_different_policy_is_read_once() -> None:
    policies = policies_of([scheduled(1), scheduled(2), scheduled(3, attempts=9), scheduled(4, "book")])
    assert [(policy["activity"], policy["maximum_attempts"]) for policy in policies] == [
        ("send", 5),
        ("send", 9),
        ("book", 5),
    ]
    assert policies[0]["heartbeat_timeout_seconds"] == 2.5
    assert policies[0]["non_retryable_error_types"] == ["Refused"]


def test_a_state_counts_when_it_changes() -> None:
    states = ["sending", "held", "held", "sending", "held", "paid"]
    events = [shown(number, state) for number, state in enumerate(states)]
    assert facts_of(events, "Status")["states"] == {"sending": 2, "held": 2, "paid": 1}
    assert facts_of(events, "Other")["states"] == {}
    assert facts_of(events, None)["states"] == {}


def test_the_last_state_is_the_one_that_it_is_in() -> None:
    events = [shown(1, "sending"), shown(2, "paid"), HistoryEvent(event_id=3)]
    assert state_of(events, "Status") == "paid"
    assert state_of(events, "Other") is None


@pytest.mark.parametrize(
    ("word", "status"),
    [
        ("completed", WorkflowExecutionStatus.COMPLETED),
        ("failed", WorkflowExecutionStatus.FAILED),
        ("canceled", WorkflowExecutionStatus.CANCELED),
        ("terminated", WorkflowExecutionStatus.TERMINATED),
        ("timed_out", WorkflowExecutionStatus.TIMED_OUT),
        ("continued_as_new", WorkflowExecutionStatus.CONTINUED_AS_NEW),
        ("started", WorkflowExecutionStatus.RUNNING),
    ],
)
def test_the_last_event_says_how_an_execution_ended(word: str, status: WorkflowExecutionStatus) -> None:
    last = HistoryEvent(event_id=2)
    getattr(last, f"workflow_execution_{word}_event_attributes").SetInParent()
    assert status_of([scheduled(1), last]) == status.name
    assert status_of([last, scheduled(2)]) == "RUNNING"


def test_a_state_that_is_no_text_is_shown_as_it_is() -> None:
    number, broken = shown(1, "x"), shown(2, "x")
    for event, data in ((number, b"7"), (broken, b"{")):
        event.upsert_workflow_search_attributes_event_attributes.search_attributes.indexed_fields["Status"].data = data
    assert facts_of([number, broken], "Status")["states"] == {"7": 1, "": 1}


def test_an_activity_that_temporal_gave_up_on_is_told_with_the_reason() -> None:
    failed, late = HistoryEvent(event_id=3), HistoryEvent(event_id=5)
    attributes = failed.activity_task_failed_event_attributes
    attributes.scheduled_event_id, attributes.started_event_id = 1, 2
    attributes.failure.message = "smtp is away"
    attributes.retry_state = RetryState.RETRY_STATE_MAXIMUM_ATTEMPTS_REACHED
    late.activity_task_timed_out_event_attributes.scheduled_event_id = 4
    late.activity_task_timed_out_event_attributes.failure.cause.message = "heartbeat"
    facts = facts_of([scheduled(1), started(2, 5), failed, scheduled(4, "book"), late, scheduled(6, "file")], None)
    first, second = facts["failed_activities"]
    assert first == {
        "activity": "send",
        "activity_id": "1",
        "attempt": 5,
        "retry_state": "MAXIMUM_ATTEMPTS_REACHED",
        "message": "smtp is away",
    }
    assert (second["activity"], second["attempt"], second["message"]) == ("book", 0, "heartbeat")
    assert facts["open_activities"] == ["file"]


def failed(event_id: int, scheduled_event_id: int) -> HistoryEvent:
    event = HistoryEvent(event_id=event_id)
    event.activity_task_failed_event_attributes.scheduled_event_id = scheduled_event_id
    return event


def test_what_was_shown_when_the_only_thing_that_was_given_up_is_tried_again() -> None:
    events = [shown(1, "sending"), scheduled(2), scheduled(3, "book"), failed(4, 2), failed(5, 3), shown(6, "held")]
    # While the other is still given up on, held is right.
    assert facts_of([*events, scheduled(7)], "Status")["tried_again_in"] == {}
    assert facts_of([*events, scheduled(7), scheduled(8, "book")], "Status")["tried_again_in"] == {"held": 1}
    right = [*events, scheduled(7), shown(8, "sending"), scheduled(9, "book"), scheduled(10, "book")]
    assert facts_of(right, "Status")["tried_again_in"] == {"sending": 1}
    assert facts_of(right, None)["tried_again_in"] == {}


def test_another_payment_is_no_second_try_of_the_one_that_is_held() -> None:
    other = scheduled(4)
    other.activity_task_scheduled_event_attributes.input.payloads.add(data=b"PAY-2")
    events = [scheduled(1), failed(2, 1), shown(3, "held"), other]
    assert facts_of(events, "Status")["tried_again_in"] == {}
    assert facts_of([*events, scheduled(5)], "Status")["tried_again_in"] == {"held": 1}


def test_an_activity_that_its_workflow_wanted_no_more_is_told_by_its_id() -> None:
    cancelled = HistoryEvent(event_id=2)
    cancelled.activity_task_canceled_event_attributes.scheduled_event_id = 1
    facts = facts_of([scheduled(1), cancelled, scheduled(3)], None)
    assert facts["cancelled_activities"] == ["1"]


def test_why_the_last_attempt_was_made_is_told_of_an_activity_that_was_tried_again() -> None:
    timed_out, failed, first = started(2, 2), started(4, 3), started(6, 1)
    timed_out.activity_task_started_event_attributes.last_failure.timeout_failure_info.SetInParent()
    failed.activity_task_started_event_attributes.last_failure.application_failure_info.SetInParent()
    for number, event in ((1, timed_out), (3, failed), (5, first)):
        event.activity_task_started_event_attributes.scheduled_event_id = number
    events = [scheduled(1), timed_out, scheduled(3), failed, scheduled(5), first]
    assert facts_of(events, None)["retried_after"] == [
        {"activity_id": "1", "attempt": 1, "failure": "timeout"},
        {"activity_id": "3", "attempt": 2, "failure": "application"},
    ]


def test_failed_and_late_workflow_tasks_are_told_apart() -> None:
    failed, bare, late, completed = (HistoryEvent(event_id=number) for number in range(4))
    failed.workflow_task_failed_event_attributes.cause = (
        WorkflowTaskFailedCause.WORKFLOW_TASK_FAILED_CAUSE_WORKFLOW_WORKER_UNHANDLED_FAILURE
    )
    failed.workflow_task_failed_event_attributes.failure.message = "boom: really"
    bare.workflow_task_failed_event_attributes.cause = (
        WorkflowTaskFailedCause.WORKFLOW_TASK_FAILED_CAUSE_UNHANDLED_COMMAND
    )
    late.workflow_task_timed_out_event_attributes.SetInParent()
    completed.workflow_task_completed_event_attributes.SetInParent()
    events = [failed, bare, late, completed]
    facts = facts_of(events, None)
    assert facts["task_failures"] == ["WORKFLOW_WORKER_UNHANDLED_FAILURE: boom: really", "UNHANDLED_COMMAND"]
    assert (len(facts["lost_tasks"]), facts["tasks_completed"], tasks_completed(events)) == (1, 1, 1)


def test_a_lost_task_is_the_workers_that_took_it_or_that_had_the_execution_in_mind() -> None:
    first, completed, waited, taken, ran_out, failed = (HistoryEvent(event_id=number) for number in range(1, 7))
    first.workflow_execution_started_event_attributes.workflow_task_timeout.FromSeconds(7)
    completed.workflow_task_completed_event_attributes.identity = "worker-1.1"
    waited.workflow_task_timed_out_event_attributes.scheduled_event_id = 2
    taken.workflow_task_started_event_attributes.identity = "worker-2.1"
    ran_out.workflow_task_timed_out_event_attributes.started_event_id = 4
    failed.workflow_task_failed_event_attributes.identity = "worker-3.1"
    facts = facts_of([first, completed, waited, taken, ran_out, failed], None)
    assert facts["lost_tasks"] == [
        {"worker": "worker-1.1", "started": False},
        {"worker": "worker-2.1", "started": True},
    ]
    assert facts["failed_on"] == ["worker-3.1"]
    assert facts["workflow_task_timeout_seconds"] == 7.0


def test_a_speculative_task_that_ran_out_is_the_workers_that_had_the_execution_in_mind() -> None:
    completed, taken, ran_out = (HistoryEvent(event_id=number) for number in range(1, 4))
    completed.workflow_task_completed_event_attributes.identity = "worker-1.1"
    taken.workflow_task_started_event_attributes.SetInParent()
    ran_out.workflow_task_timed_out_event_attributes.started_event_id = 2
    facts = facts_of([completed, taken, ran_out], None)
    assert facts["lost_tasks"] == [{"worker": "worker-1.1", "started": False}]


def test_an_update_is_open_until_it_is_answered() -> None:
    accepted, answered = HistoryEvent(event_id=1), HistoryEvent(event_id=2)
    accepted.workflow_execution_update_accepted_event_attributes.protocol_instance_id = "pay-1"
    answered.workflow_execution_update_completed_event_attributes.meta.update_id = "pay-1"
    assert facts_of([accepted], None)["open_updates"] == 1
    assert facts_of([accepted, answered], None)["open_updates"] == 0


def test_an_activity_that_was_asked_to_stop_need_not_be_waited_for() -> None:
    asked, completed = HistoryEvent(event_id=3), HistoryEvent(event_id=4)
    asked.activity_task_cancel_requested_event_attributes.scheduled_event_id = 1
    completed.workflow_execution_canceled_event_attributes.SetInParent()
    assert facts_of([scheduled(1), scheduled(2, "book"), asked, completed], None)["open_activities"] == ["book"]


@pytest.mark.parametrize(("word", "left"), [("completed", True), ("terminated", False), ("timed_out", False)])
def test_an_execution_that_was_ended_from_outside_has_left_nothing_itself(word: str, left: bool) -> None:
    accepted, closed = HistoryEvent(event_id=2), HistoryEvent(event_id=3)
    accepted.workflow_execution_update_accepted_event_attributes.protocol_instance_id = "pay-1"
    getattr(closed, f"workflow_execution_{word}_event_attributes").SetInParent()
    facts = facts_of([scheduled(1), accepted, closed], None)
    assert (facts["open_activities"], facts["open_updates"]) == ((["send"], 1) if left else ([], 0))
