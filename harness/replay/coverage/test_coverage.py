"""Coverage: what the code declares, what histories have in them, and the difference."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from temporalio.api.enums.v1 import EventType
from temporalio.api.history.v1 import HistoryEvent
from temporalio.client import WorkflowHistory

from harness.application.contract import load_application
from harness.replay.coverage.declared import ACTIVITY, PATCH, SIGNAL, UPDATE, Item, declared_by
from harness.replay.coverage.table import lines_of, seen_in, without_history
from harness.replay.testing_replay import sleeper_history

APP = """
from types import SimpleNamespace
from temporalio import workflow

@workflow.defn
class Covered:
    @workflow.run
    async def run(self) -> None:
        workflow.patched("new-way")

    @workflow.signal
    def nudge(self) -> None: ...

    @workflow.update
    def pay(self) -> None: ...

app = SimpleNamespace(queues={"q": SimpleNamespace(workflows=(Covered,), activities=("pack",))}, activities=list)
"""
ITEMS = [Item(SIGNAL, "nudge"), Item(UPDATE, "pay"), Item(ACTIVITY, "pack"), Item(PATCH, "new-way")]


def test_the_code_says_what_a_history_may_have_in_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "covered_by_test.py").write_text(APP)
    monkeypatch.syspath_prepend(tmp_path)
    try:
        assert declared_by(load_application("covered_by_test"), tmp_path) == {"Covered": ITEMS}
    finally:
        sys.modules.pop("covered_by_test", None)


def events() -> list[HistoryEvent]:
    made = list(WorkflowHistory.from_json("x", sleeper_history("x", "Covered")).events)
    signaled = HistoryEvent(event_type=EventType.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED)
    signaled.workflow_execution_signaled_event_attributes.signal_name = "nudge"
    accepted = HistoryEvent(event_type=EventType.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ACCEPTED)
    accepted.workflow_execution_update_accepted_event_attributes.accepted_request.input.name = "pay"
    marker = HistoryEvent(event_type=EventType.EVENT_TYPE_MARKER_RECORDED)
    marker.marker_recorded_event_attributes.marker_name = "core_patch"
    marker.marker_recorded_event_attributes.details["patch-data"].payloads.add(data=b'{"id":"new-way"}')
    return [*made[:-1], signaled, signaled, accepted, marker, made[-1]]


def test_histories_are_counted_once_for_each_thing_and_what_is_missing_is_named() -> None:
    seen = seen_in([events(), events()])

    lines = list(lines_of({"Covered": ITEMS, "Other": []}, seen, "histories"))

    assert lines == [
        "Covered: 2 histories (2 completed)",
        "  signal    nudge    2",
        "  update    pay      2",
        "  activity  pack     missing",
        "  patch     new-way  2",
        "  no execution in flight: assay replay record --type Covered --corpus histories",
        "  what is missing comes with an execution that has it: find one with --query, or a run with --from",
        "Other: 0 histories",
        "  no execution in flight: assay replay record --type Other --corpus histories",
    ]
    assert without_history({"Covered": ITEMS, "Other": []}, seen) == ["Other"]
