"""The schedule: what needs what, what follows what, and what the journal keeps of each try."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

from harness.journal import FileJournal, read_journal
from harness.record import Outcome
from harness.site import Caller, Site
from harness.workload import Answer, PlannedOperation, drive


def planned(name: str, order: list[str], outcome: Outcome, **fields: Any) -> PlannedOperation:
    async def call(caller: Caller) -> Answer:
        order.append(name)
        return Answer(outcome, {}, 202 if outcome is Outcome.OK else 409)

    return PlannedOperation(name, "ask", "A", 0.0, call, give_up_seconds=0.0, **fields)


def site_writing_to(folder: Path) -> Site:
    return cast(Site, SimpleNamespace(journal=FileJournal(folder / "j.jsonl", "test")))


async def test_what_follows_waits_for_the_end_of_the_others_however_they_end(tmp_path: Path) -> None:
    order: list[str] = []
    operations = [
        planned("last", order, Outcome.OK, follows=("refused", "unsure")),
        planned("skipped", order, Outcome.OK, needs=("refused",)),
        planned("refused", order, Outcome.FAIL),
        planned("unsure", order, Outcome.UNKNOWN),
    ]
    await drive(operations, site_writing_to(tmp_path))
    assert order == ["refused", "unsure", "last"]


async def test_the_journal_keeps_the_status_of_each_answer(tmp_path: Path) -> None:
    await drive([planned("a", [], Outcome.OK)], site_writing_to(tmp_path))
    assert [line["status"] for line in read_journal(tmp_path / "j.jsonl") if line["kind"] == "return"] == [202]
