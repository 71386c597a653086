"""What arrives while a worker is at work waits, in which order it is written then, and what it refers to."""

from __future__ import annotations

from temporalio.api.enums.v1 import EventType as E

from harness.sim.kernel.timeline import Timeline
from harness.sim.server.history import History


def test_outcomes_are_written_last_and_name_what_started_them() -> None:
    history = History(Timeline(0))
    history.write(E.EVENT_TYPE_WORKFLOW_EXECUTION_STARTED)
    history.holding = True
    started = history.arrive(E.EVENT_TYPE_ACTIVITY_TASK_STARTED)
    started.activity_task_started_event_attributes.scheduled_event_id = 1
    done = history.arrive(E.EVENT_TYPE_ACTIVITY_TASK_COMPLETED)
    done.activity_task_completed_event_attributes.scheduled_event_id = 1
    history.arrive(E.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED)
    assert (history.next_id, history.waits) == (2, True)
    command = history.write(E.EVENT_TYPE_TIMER_STARTED)
    assert history.release()
    kinds = [E.Name(event.event_type).removeprefix("EVENT_TYPE_") for event in history.events]
    assert kinds == [
        "WORKFLOW_EXECUTION_STARTED",
        "TIMER_STARTED",
        "ACTIVITY_TASK_STARTED",
        "WORKFLOW_EXECUTION_SIGNALED",
        "ACTIVITY_TASK_COMPLETED",
    ]
    assert [event.event_id for event in history.events] == [1, 2, 3, 4, 5]
    assert command.event_id == 2
    assert done.activity_task_completed_event_attributes.started_event_id == 3
    assert not history.release()


def test_a_timers_firing_that_waits_can_be_taken_back() -> None:
    history = History(Timeline(0))
    history.holding = True
    for timer_id in ("1", "2"):
        history.arrive(E.EVENT_TYPE_TIMER_FIRED).timer_fired_event_attributes.timer_id = timer_id
    assert history.drop_fired("1")
    assert not history.drop_fired("1")
    history.release()
    assert [event.timer_fired_event_attributes.timer_id for event in history.events] == ["2"]
