"""A digest does not tell in which folder the code lies, and tells everything else."""

from __future__ import annotations

from temporalio.api.enums.v1 import EventType
from temporalio.api.failure.v1 import Failure
from temporalio.api.history.v1 import HistoryEvent

from harness.sim.placeless import placeless, placeless_bytes

STACK = '  File "{}workflow.py", line {}, in run\n    raise ValueError("no \\"File\\"")\n'


def failed(folder: str, line: int = 12, message: str = "no") -> HistoryEvent:
    """An activity that failed for two reasons, one behind the other."""
    event = HistoryEvent(event_id=7, event_type=EventType.EVENT_TYPE_ACTIVITY_TASK_FAILED)
    cause = Failure(message="why", stack_trace=STACK.format(folder, 3))
    failure = Failure(message=message, stack_trace=STACK.format(folder, line), cause=cause)
    event.activity_task_failed_event_attributes.failure.CopyFrom(failure)
    return event


def test_the_folder_is_left_out_at_every_depth() -> None:
    assert placeless_bytes(failed("/one/place/")) == placeless_bytes(failed("/a/much/longer path/"))
    assert b"/one" not in placeless_bytes(failed("/one/place/"))


def test_the_event_itself_stays_as_it_is() -> None:
    event = failed("/one/place/")
    before = event.SerializeToString(deterministic=True)

    placeless_bytes(event)

    assert event.SerializeToString(deterministic=True) == before


def test_another_line_and_another_message_are_something_else() -> None:
    assert placeless_bytes(failed("/a/")) != placeless_bytes(failed("/a/", line=13))
    assert placeless_bytes(failed("/a/")) != placeless_bytes(failed("/a/", message="yes"))


def test_what_names_no_file_is_left_alone() -> None:
    event = HistoryEvent(event_id=1, event_type=EventType.EVENT_TYPE_WORKFLOW_EXECUTION_STARTED)

    assert placeless_bytes(event) == event.SerializeToString(deterministic=True)
    assert placeless("the file /a/b.csv") == "the file /a/b.csv"


def test_windows_paths_are_paths() -> None:
    assert placeless(r'File "C:\work\app.py", line 1') == 'File "app.py", line 1'
