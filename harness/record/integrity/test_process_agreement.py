"""What the journals say of processes: which histories of coming and going hang together, and which do not."""

from __future__ import annotations

from typing import Any

import pytest

from harness.record.integrity.process_agreement import ENDS, disagreements


def event(name: str, pid: int, what: str) -> dict[str, Any]:
    return {"kind": "process", "writer": "harness", "seq": 1, "name": name, "pid": pid, "event": what}


def told(*events: dict[str, Any]) -> list[str]:
    return [finding.message for finding in disagreements({"process": list(events)}, "app")]


@pytest.mark.parametrize("end", ENDS)
def test_a_process_may_end_in_each_way_and_another_of_its_name_begin(end: str) -> None:
    once, again = event("psql", 7, "started"), event("psql", 8, "started")
    assert told(once, event("psql", 7, end), again, event("psql", 8, end)) == []


def test_a_command_of_the_set_up_finishes_and_is_not_missed() -> None:
    assert told(event("initdb", 7, "started"), event("initdb", 7, "finished")) == []


@pytest.mark.parametrize(
    "events",
    [
        [event("api", 7, "stopped")],
        [event("api", 7, "started"), event("api", 8, "stopped")],
        [event("api", 7, "started"), event("api", 8, "started")],
        [event("api", 7, "started"), event("api", 7, "vanished")],
        [event("api", 7, "started")],
    ],
    ids=["never begun", "another", "twice", "no such end", "no end"],
)
def test_what_does_not_hang_together_is_told(events: list[dict[str, Any]]) -> None:
    assert told(*events)
