"""The order of a run: what it waits for before it reads, what it tells when it cannot know, and what is read."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode

import harness.run
from harness.experiment.testing_followed import FewExecutions
from harness.experiment.watch import Watcher
from harness.experiment.workload import Answer, PlannedOperation
from harness.record.memory_journal import MemoryJournal
from harness.record.record import Outcome
from harness.run import LOOKS, _reach_steady_state, _settle, run_experiment

QUIET: Any = SimpleNamespace(phase=lambda name, detail="": None, update=lambda text: None)


class Server(FewExecutions):
    """One whose visibility is asked about one look after another: ``looks`` is what each shows, the last for ever."""

    def __init__(self, *looks: Sequence[str] | Exception) -> None:
        super().__init__()
        self.looks = list(looks)
        self.asked = 0

    async def list_workflows(self, query: str) -> AsyncIterator[Any]:
        self.asked += 1
        look = self.looks.pop(0) if len(self.looks) > 1 else self.looks[0]
        if isinstance(look, Exception):
            raise look
        self.listed = list(look)
        async for each in super().list_workflows(query):
            yield each


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pauses between two looks take no time, and what is never reached little."""
    monkeypatch.setattr(harness.run, "STEADY_TIMEOUT_SECONDS", 5.0)
    asleep = asyncio.sleep
    monkeypatch.setattr(asyncio, "sleep", lambda seconds: asleep(min(seconds, 0.001)))


@contextlib.asynccontextmanager
async def watching(server: FewExecutions) -> AsyncIterator[tuple[Any, Watcher, MemoryJournal]]:
    """A site, its watcher and its journal."""
    journal = MemoryJournal("harness", time.monotonic)
    watcher = Watcher(cast(Client, server), journal)
    try:
        yield SimpleNamespace(journal=journal, client=server), watcher, journal
    finally:
        await watcher.stop()


def settling(*answers: bool) -> Any:
    """A workload that says one after another whether nothing is under way outside, the last for ever."""
    left = list(answers)

    async def settle(site: object) -> bool:
        return left.pop(0) if len(left) > 1 else left[0]

    return SimpleNamespace(settle=settle)


def given_up(journal: MemoryJournal) -> list[str]:
    return [str(line["reason"]) for line in journal.lines if line["kind"] == "given-up"]


async def test_a_run_has_settled_once_nothing_ran_at_each_of_the_looks() -> None:
    server = Server([], [], [])
    async with watching(server) as (site, watcher, journal):
        await _settle(settling(True), site, watcher, 60.0, QUIET)
        assert (server.asked, given_up(journal)) == (LOOKS, [])
    assert LOOKS > 1, "a child whose parent has just ended may not be listed yet"


async def test_what_begins_late_is_waited_for_and_the_looks_begin_anew() -> None:
    server = Server([], ["child"], [])
    server.end("child")
    async with watching(server) as (site, watcher, _):
        await _settle(settling(True), site, watcher, 60.0, QUIET)
        assert server.asked == 1 + 1 + LOOKS
        assert list(watcher.followed) == ["child"]
        assert watcher.closed_count == 1


async def test_where_nobody_can_say_what_runs_nothing_has_settled() -> None:
    away = RPCError("away", RPCStatusCode.UNAVAILABLE, b"")
    server = Server([], away, away, [])
    async with watching(server) as (site, watcher, _):
        await _settle(settling(True), site, watcher, 60.0, QUIET)
        assert server.asked == 3 + LOOKS


async def test_what_is_under_way_outside_is_waited_for() -> None:
    server = Server([])
    async with watching(server) as (site, watcher, _):
        await _settle(settling(True, False, False, True), site, watcher, 60.0, QUIET)
        assert server.asked == 1 + LOOKS


async def test_what_goes_on_for_ever_is_left_at_the_bound() -> None:
    async with watching(Server([])) as (site, watcher, journal):
        began = time.monotonic()
        await _settle(settling(False), site, watcher, 0.02, QUIET)
        assert time.monotonic() - began >= 0.02
        assert given_up(journal) == []


async def test_what_could_not_be_followed_is_told_and_has_all_its_time() -> None:
    server = Server([])
    server.fails["a"] = asyncio.CancelledError()
    async with watching(server) as (site, watcher, journal):
        watcher.follow("a")
        began = time.monotonic()
        await _settle(settling(True), site, watcher, 0.02, QUIET)
        assert time.monotonic() - began >= 0.02
        assert given_up(journal) == ["nobody could follow a (cancelled)"]


@pytest.mark.parametrize(
    ("outcome", "fails", "reached"),
    [(Outcome.OK, None, True), (Outcome.FAIL, None, False), (Outcome.OK, asyncio.CancelledError(), False)],
    ids=["it ended", "it was refused", "nobody could follow it"],
)
async def test_the_steady_state_is_reached_by_canaries_that_end(
    outcome: Outcome, fails: BaseException | None, *, reached: bool
) -> None:
    server = Server([])
    server.fails |= {"canary": fails} if fails else {}
    server.end("canary")

    async def call(caller: object) -> Answer:
        return Answer(outcome)

    canary = PlannedOperation("order/0", "order", "0", 0.0, call, workflow_id="canary")
    async with watching(server) as (site, watcher, journal):
        watcher.follow("another")
        await _reach_steady_state([canary], site, watcher)
        [line] = [line for line in journal.lines if line["kind"] == "steady-state"]
        assert line["reached"] is reached


async def test_all_that_was_followed_is_read_in_the_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def call(caller: object) -> Answer:
        return Answer(Outcome.OK)

    async def nothing(*given: object, **options: object) -> Any:
        return {}

    server, read = Server([]), []
    server.ended["order-1"].set()

    async def read_everything(*given: object, followed: Any, **options: object) -> None:
        read.extend(followed)

    journal = MemoryJournal("harness", time.monotonic)
    operation = PlannedOperation("order/1", "order", "1", 0.0, call, workflow_id="order-1")
    site = SimpleNamespace(journal=journal, client=server, environment={})
    app = SimpleNamespace(name="shop", queues={}, status_attribute=None, subject_of=str)
    experiment: Any = SimpleNamespace(
        info=SimpleNamespace(stack="dev"),
        claim=SimpleNamespace(settle_seconds=10.0),
        blueprint=SimpleNamespace(workers=1, folder=tmp_path, app=app, version_folder=tmp_path, run_id="run"),
        nemesis=SimpleNamespace(heal=nothing, describe=list),
        workload=SimpleNamespace(
            prepare=nothing, canaries=lambda: [operation], operations=list, read_back=nothing, **vars(settling(True))
        ),
    )
    stand_ins = {
        "_recorded": lambda experiment: contextlib.nullcontext(journal),
        "site_up": lambda blueprint, journal: contextlib.nullcontext(site),
        "work_with_faults": nothing,
        "replay_histories": nothing,
        "read_everything": read_everything,
        "judge_and_report": lambda folder, claim_of, app: "judged",
    }
    for name, stand_in in stand_ins.items():
        monkeypatch.setattr(harness.run, name, stand_in)

    assert cast(object, await run_experiment(experiment, QUIET)) == "judged"

    assert read == ["order-1"]
    entered = [line["name"] for line in journal.lines if line["kind"] == "phase" and line["event"] == "entered"]
    assert entered == ["bring-up", "steady-state", "work", "heal", "settle", "final-reads"]
