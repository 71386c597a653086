"""The schedule: what is begun when, what needs what, and what is left when there is enough: with a fake site."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

from harness.experiment.site import Caller, Site
from harness.experiment.workload import Answer, PlannedOperation, drive
from harness.record.record import Outcome

FAR_SECONDS = 3600.0


@dataclass
class FakeSite:
    """Keeps the journal in memory."""

    records: list[Mapping[str, Any]] = field(default_factory=list)

    @property
    def journal(self) -> FakeSite:
        return self

    def write(self, kind: str, /, **fields: Any) -> Mapping[str, Any]:
        self.records.append({"kind": kind, **fields})
        return self.records[-1]


@dataclass
class Asked:
    """Remembers what was asked for, and has enough after the operation of this name."""

    enough: asyncio.Event = field(default_factory=asyncio.Event)
    after: str = ""
    refused: str = ""
    names: list[str] = field(default_factory=list)

    def operation(
        self,
        name: str,
        at: float = 0.0,
        *,
        needs: tuple[str, ...] = (),
        follows: tuple[str, ...] = (),
        begins: bool = False,
    ) -> PlannedOperation:
        async def call(caller: Caller) -> Answer:
            self.names.append(name)
            if name == self.after:
                self.enough.set()
            refused = name == self.refused
            return Answer(Outcome.FAIL if refused else Outcome.OK, {}, 409 if refused else 202)

        workflow_id = f"workflow-{name}" if begins else None
        return PlannedOperation(name, name, name, at, call, needs, workflow_id, follows=follows)


async def driven(asked: Asked, operations: Sequence[PlannedOperation]) -> tuple[FakeSite, list[str]]:
    site, accepted = FakeSite(), list[str]()
    async with asyncio.timeout(60):
        await drive(operations, cast(Site, site), on_accepted=accepted.append, enough=asked.enough)
    return site, accepted


async def test_what_is_needed_comes_first_and_who_began_is_told() -> None:
    asked = Asked()
    operations = [
        asked.operation("pay", needs=("process",)),
        asked.operation("process", needs=("upload",), begins=True),
        asked.operation("upload"),
    ]
    _, accepted = await driven(asked, operations)
    assert (asked.names, accepted) == (["upload", "process", "pay"], ["workflow-process"])


async def test_what_needs_something_that_failed_is_skipped_and_journalled() -> None:
    asked = Asked(refused="process")
    operations = [asked.operation("process", begins=True), asked.operation("pay", needs=("process",))]
    site, _ = await driven(asked, operations)
    assert asked.names == ["process"]
    (skipped,) = (r for r in site.records if r["kind"] == "return" and r["operation_id"] == "pay")
    assert (skipped["outcome"], skipped["detail"]) == ("FAIL", {"skipped": "needs process"})


async def test_once_there_is_enough_no_work_is_begun_and_what_is_under_way_goes_on() -> None:
    asked = Asked(after="process-1")
    operations = [
        asked.operation("upload"),
        asked.operation("process-1", needs=("upload",), begins=True),
        asked.operation("pay-1", 0.05, needs=("process-1",)),
        asked.operation("process-2", FAR_SECONDS, needs=("upload",), begins=True),
        asked.operation("pay-2", FAR_SECONDS, needs=("process-2",)),
        asked.operation("upload-again", FAR_SECONDS),
    ]
    site, accepted = await driven(asked, operations)
    assert (asked.names, accepted) == (["upload", "process-1", "pay-1"], ["workflow-process-1"])
    assert {record["operation_id"] for record in site.records} == {"upload", "process-1", "pay-1"}


async def test_what_follows_waits_for_the_end_of_the_others_however_they_end() -> None:
    asked = Asked(refused="process")
    operations = [
        asked.operation("late", follows=("process", "pay")),
        asked.operation("pay"),
        asked.operation("process"),
    ]
    site, _ = await driven(asked, operations)
    assert asked.names[-1] == "late"
    assert {r["operation_id"]: r["status"] for r in site.records if r["kind"] == "return"} == {
        "pay": 202,
        "process": 409,
        "late": 202,
    }


async def test_what_follows_work_that_was_not_begun_is_not_begun_either() -> None:
    asked = Asked(after="upload")
    operations = [
        asked.operation("upload"),
        asked.operation("process", FAR_SECONDS, begins=True),
        asked.operation("late", follows=("process",)),
    ]
    await driven(asked, operations)
    assert asked.names == ["upload"]
