"""When the work of a run is given up, and when it is not, on stand-ins for everything that it asks."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

import pytest

from harness.experiment.testing_time import in_virtual_time
from harness.experiment.work import work_with_faults
from harness.experiment.workload import REPEAT_AFTER_SECONDS, Answer, PlannedOperation, drive
from harness.record.memory_journal import MemoryJournal
from harness.record.record import Outcome

HOPELESS = 0.2


class Nemesis:
    """One fault that is over at once; ``healed`` counts how often everything was healed."""

    def __init__(self, lasts_seconds: float = 0.0) -> None:
        self.lasts_seconds = lasts_seconds
        self.healed = 0

    async def prepare(self, site: object) -> None:
        pass

    async def run(self, site: object) -> None:
        await asyncio.sleep(self.lasts_seconds)

    async def heal(self, site: object) -> None:
        self.healed += 1


class Watcher:
    closed_count = 0

    def counts(self) -> str:
        return ""

    def follow(self, workflow_id: str) -> None:
        self.closed_count += 1

    async def all_closed(self, *, timeout_seconds: float) -> bool:
        return True


async def work(
    operations: Sequence[PlannedOperation],
    *,
    nemesis: Nemesis | None = None,
    settle_seconds: float = 0.0,
    timeout_seconds: float = 20.0,
) -> list[str]:
    """Why it was given up, if it was."""

    async def settle(site: object) -> bool:
        return True

    nemesis = nemesis or Nemesis()
    experiment: Any = SimpleNamespace(
        nemesis=nemesis,
        workload=SimpleNamespace(operations=lambda: operations, settle=settle),
        claim=SimpleNamespace(drive=drive, settle_seconds=settle_seconds),
    )
    journal = MemoryJournal("harness", time.monotonic)
    site: Any = SimpleNamespace(journal=journal, faults_over=asyncio.Event(), work_over=asyncio.Event())
    progress: Any = SimpleNamespace(phase=lambda name, detail: None, update=lambda text: None)
    watcher: Any = Watcher()
    await work_with_faults(
        experiment, site, watcher, progress, hopeless_seconds=HOPELESS, timeout_seconds=timeout_seconds
    )
    assert site.work_over.is_set(), "what waits for a milestone of the work would wait on"
    assert nemesis.healed
    return [str(line["reason"]) for line in journal.lines if line["kind"] == "given-up"]


def operation(number: int, after_seconds: float = 0.0, *, takes_seconds: float = 0.0) -> PlannedOperation:
    async def call(caller: object) -> Answer:
        await asyncio.sleep(takes_seconds)
        return Answer(Outcome.OK)

    return PlannedOperation(f"order/{number}", "order", str(number), after_seconds, call)


@in_virtual_time
async def test_what_is_never_answered_is_given_up_and_the_record_says_so() -> None:
    [reason] = await work([operation(1), operation(2, takes_seconds=3600.0)])
    assert reason == "nothing has ended or been answered for 0.2 s, though all is healed and resumed"


@in_virtual_time
async def test_an_answer_that_leaves_the_outcome_open_is_no_progress() -> None:
    async def call(caller: object) -> Answer:
        return Answer(Outcome.UNKNOWN)

    for_ever = PlannedOperation("cancel/1", "cancel", "1", 0.0, call, give_up_seconds=3600.0)
    # Longer than it takes to ask again.
    [reason] = await work([operation(1), for_ever], settle_seconds=3 * REPEAT_AFTER_SECONDS, timeout_seconds=6.0)
    assert reason.startswith("nothing has ended or been answered for 1.5 s")


@in_virtual_time
async def test_a_pause_in_the_schedule_is_none() -> None:
    assert await work([operation(1), operation(2, 5 * HOPELESS)]) == []


@in_virtual_time
async def test_answers_go_on_though_no_execution_ends() -> None:
    assert await work([operation(number, takes_seconds=number * HOPELESS / 2) for number in range(1, 9)]) == []


@in_virtual_time
async def test_a_claim_that_gives_longer_to_end_gives_longer_here_too() -> None:
    slow = [operation(1, takes_seconds=5 * HOPELESS)]
    assert await work(slow, settle_seconds=20.0) == []
    assert len(await work(slow)) == 1


@in_virtual_time
async def test_an_outage_in_which_nothing_goes_on_costs_no_patience() -> None:
    slow = [operation(1, takes_seconds=5.5 * HOPELESS)]
    assert await work(slow, nemesis=Nemesis(lasts_seconds=5 * HOPELESS)) == []


@in_virtual_time
async def test_work_that_is_never_over_is_given_up_in_the_end() -> None:
    [reason] = await work([operation(1)], nemesis=Nemesis(lasts_seconds=3600.0), timeout_seconds=0.1)
    assert reason == "it was not over 0.1 s after its last planned operation"


@in_virtual_time
async def test_a_timeout_of_a_fault_is_its_own() -> None:
    class Failing(Nemesis):
        async def run(self, site: object) -> None:
            raise TimeoutError("planted")

    with pytest.raises(BaseExceptionGroup, match="TaskGroup"):
        await work([operation(1)], nemesis=Failing())
