"""What the workers and the code have no more, though histories ask it of them."""

from __future__ import annotations

from pathlib import Path

import pytest
from temporalio.api.history.v1 import HistoryEvent

from harness.replay.bench.long_history import long_history
from harness.replay.drift.served import Served, unserved_in
from harness.replay.gate.gate import ask
from harness.replay.testing_replay import APPLICATION, SAME, sleeper_history
from harness.sim.surface.replaying import Watched

EVENTS = list(long_history(20).events)
SIGNAL_OF = """
    @workflow.signal{given}
    def {name}(self{more}) -> None: ...
"""
GONE = [("event 2 WorkflowExecutionSignaled nudge", "handler", "signal nudge", "nothing")]
IN_CODE = "workflow.set_signal_handler('nudge', lambda: None)\n        "


@pytest.mark.parametrize(
    ("handler", "body", "found"),
    [
        ("", SAME, GONE),
        (SIGNAL_OF.format(given="", name="poke", more=""), SAME, GONE),
        (SIGNAL_OF.format(given="", name="nudge", more=""), SAME, []),
        (SIGNAL_OF.format(given="(dynamic=True)", name="any", more=", name: str, *_: object"), SAME, []),
        ("", IN_CODE + SAME, []),
    ],
    ids=["removed", "renamed", "there", "dynamic", "set by the code"],
)
def test_a_signal_that_nothing_takes_any_more_is_drift(
    tmp_path: Path, handler: str, body: str, found: list[tuple[str, ...]]
) -> None:
    app = APPLICATION.format(body=body, failures="()").replace("\nqueue =", f"{handler}\nqueue =", 1)
    (tmp_path / "sleeping.py").write_text(app)
    (tmp_path / "told.json").write_text(sleeper_history("told", signal="nudge"))

    [result] = ask("sleeping", tmp_path, [tmp_path / "told.json"]).results.values()

    assert (result.reason, result.message) == ("drifted" if found else "replayed", "")
    assert [(each.event, each.field, each.then, each.now) for each in result.drifts] == found


def unserved(events: list[HistoryEvent], *, queues: tuple[str, ...] = ("long",), **activities: list[str]) -> list[str]:
    found = unserved_in(events, Watched(), Served(queues, activities))
    return [f"{each.event}: {each.field} {each.then} -> {each.now}" for each in found]


def test_an_activity_that_no_worker_of_the_queue_serves_is_drift_at_each_of_its_events() -> None:
    assert unserved(EVENTS, long=["step"]) == []
    gone = "ActivityTaskScheduled step: worker task queue long -> nothing"
    assert unserved(EVENTS, long=["other"]) == [f"event {number} {gone}" for number in (5, 11, 17)]


def test_an_activity_on_a_queue_of_others_is_not_known_of() -> None:
    assert unserved(EVENTS, other=[]) == []


def test_a_workflow_on_a_queue_that_is_served_no_more_is_drift() -> None:
    moved = "event 1 WorkflowExecutionStarted Long: task_queue long -> a, b"
    assert unserved(EVENTS, queues=("b", "a"), long=["step"]) == [moved]
    assert unserved(EVENTS, queues=(), long=["step"]) == [moved.replace("a, b", "nothing")]


def test_the_sdks_own_signals_are_its_own() -> None:
    event = HistoryEvent()
    event.workflow_execution_signaled_event_attributes.signal_name = "__temporal_next"
    assert unserved([EVENTS[0], event], long=["step"]) == []
