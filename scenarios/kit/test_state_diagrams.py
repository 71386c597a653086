"""The state diagrams of ``docs/workflows.md`` say what the code does, and what every recorded history did."""

from __future__ import annotations

import gzip
import importlib
import json
import re
from base64 import b64decode
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from workflows.families import families

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "workflows.md").read_text(encoding="utf-8")
DIAGRAM = re.compile(r"^## (\w+)\n.*?```mermaid\nstateDiagram-v2\n(.*?)```", re.MULTILINE | re.DOTALL)
ARROW = re.compile(r"^ +(\S+) --> (\S+)$", re.MULTILINE)

Arrow = tuple[str, str]

OUTSIDE = "[*]"
"""Before the first status, and behind the last."""

HELD = "held"

NOT_RECORDED: Mapping[str, set[Arrow]] = {"invoices": {("past-due", "cancelling")}}
"""Arrows that no history goes along; ``workflows/invoices/test_new_run.py`` and its neighbours do."""

DRAWN: Mapping[str, set[Arrow]] = {
    family: {(start.replace("_", "-"), end.replace("_", "-")) for start, end in ARROW.findall(drawn)}
    for family, drawn in DIAGRAM.findall(PAGE)
}
"""The arrows of each family's diagram."""

WITH_HISTORIES = [name for name in DRAWN if list((ROOT / "scenarios" / name / "histories").glob("*.json.gz"))]


def went(history: Mapping[str, Any]) -> list[str]:
    """The statuses that a recorded run showed, in their order."""
    shown = []
    for event in history["events"]:
        upserted = event.get("upsertWorkflowSearchAttributesEventAttributes")
        if upserted and (found := upserted["searchAttributes"]["indexedFields"].get("BusinessStatus")):
            value = json.loads(b64decode(found["data"]))
            shown.append(value if isinstance(value, str) else value[0])
    return shown


def gone_along(statuses: list[str]) -> Iterator[Arrow]:
    """The arrows between statuses; who is held comes back to where it was."""
    where = OUTSIDE
    for before, status in zip([OUTSIDE, *statuses], statuses, strict=False):
        if status != HELD:
            if not (before == HELD and status == where):
                yield where, status
            where = status


def recorded(family: str) -> Iterator[Arrow]:
    """What the family's histories went along; a run that goes on in another has no first and no last arrow there."""
    for file in (ROOT / "scenarios" / family / "histories").glob("*.json.gz"):
        history = json.loads(gzip.decompress(file.read_bytes()))
        arrows = list(gone_along(went(history)))
        began, last = history["events"][0]["workflowExecutionStartedEventAttributes"], history["events"][-1]
        yield from arrows[1:] if began.get("continuedExecutionRunId") else arrows
        if "workflowExecutionCompletedEventAttributes" in last:
            yield went(history)[-1], OUTSIDE


def test_our_families_are_drawn() -> None:
    assert sorted(DRAWN) == ["invoices", "reports"]


@pytest.mark.parametrize("name", DRAWN)
def test_the_statuses_are_those_of_the_code(name: str) -> None:
    arrows = DRAWN[name]
    [family] = [each for each in families() if each.name == name]
    statuses = {status.value for status in importlib.import_module(f"workflows.{name}.model").Status}
    assert {status for arrow in arrows for status in arrow} == {*statuses - {HELD}, OUTSIDE}
    [final] = family.final_states.values()
    assert {start for start, end in arrows if end == OUTSIDE} == final


@pytest.mark.parametrize("family", WITH_HISTORIES)
def test_every_history_goes_along_the_arrows_and_every_arrow_is_gone_along(family: str) -> None:
    found = set(recorded(family))
    assert found - DRAWN[family] == set()
    assert DRAWN[family] - found == NOT_RECORDED.get(family, set())


def test_there_are_histories() -> None:
    assert "invoices" in WITH_HISTORIES


def test_who_is_held_comes_back_to_where_it_was() -> None:
    assert list(gone_along(["sending", "held", "held", "sending", "sent"])) == [
        ("[*]", "sending"),
        ("sending", "sent"),
    ]
    assert list(gone_along(["sending", "held", "sent"])) == [("[*]", "sending"), ("sending", "sent")]
    assert list(gone_along(["sending", "sending"])) == [("[*]", "sending"), ("sending", "sending")]
