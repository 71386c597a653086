"""A fault without a slot strikes whichever worker holds work first, and never one that another fault has."""

from __future__ import annotations

import asyncio
import contextlib
from types import SimpleNamespace
from typing import Any

import pytest

import chaos.fault
import chaos.processes.victim
from chaos.fault import Milestone
from chaos.processes.victim import take_victim
from harness.errors import EnvironmentMissing, WaitTimeout


class Fleet:
    """Workers in slots, some of them dead, and who holds what."""

    def __init__(self, busy: dict[int, str], dead: tuple[int, ...] = ()) -> None:
        self.busy, self.dead = busy, dead
        self.slots = (1, 2, 3)
        self._locks = {slot: asyncio.Lock() for slot in self.slots}

    def lock(self, slot: int) -> asyncio.Lock:
        return self._locks[slot]

    def alive(self, slot: int) -> bool:
        return slot not in self.dead

    def worker_name(self, slot: int) -> str:
        return f"worker-{slot}.1"

    def attempts(self, worker: str) -> list[Any]:
        subject = self.busy.get(int(worker[7]))
        return [SimpleNamespace(ended_seconds=None, subject=subject, activity=subject)] if subject else []


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (chaos.fault, chaos.processes.victim):
        monkeypatch.setattr(module, "BUSY_TIMEOUT_SECONDS", 0.1)
    monkeypatch.setattr(chaos.processes.victim, "FREE_TIMEOUT_SECONDS", 5.0)


async def taken(
    fleet: Fleet, slot: int | None = None, milestone: Milestone | None = None, activity: str | None = None
) -> int:
    site: Any = SimpleNamespace(fleet=fleet, attempts=fleet.attempts)
    async with contextlib.AsyncExitStack() as stack:
        found = await take_victim(site, slot, milestone, stack, to_be="killed", activity=activity)
        assert fleet.lock(found).locked()
    assert not fleet.lock(found).locked()
    return found


async def test_whoever_holds_work_is_struck() -> None:
    assert await taken(Fleet({3: "a"})) == 3


@pytest.mark.parametrize("milestone", [None, Milestone("")])
async def test_whoever_holds_work_of_the_activity_is_struck(milestone: Milestone | None) -> None:
    assert await taken(Fleet({1: "mail", 3: "read"}), milestone=milestone, activity="read") == 3


async def test_work_may_come_a_moment_later_and_anywhere() -> None:
    fleet = Fleet({})
    taking = asyncio.create_task(taken(fleet))
    await asyncio.sleep(0.03)
    fleet.busy[2] = "a"
    assert await taking == 2


async def test_whom_another_fault_has_or_who_is_gone_is_left_alone() -> None:
    fleet = Fleet({1: "a", 2: "b", 3: "c"}, dead=(2,))
    async with fleet.lock(1):
        assert await taken(fleet) == 3


async def test_without_any_work_the_first_one_is_struck_once_work_was_waited_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    waited: list[str] = []

    async def wait_until_busy(site: object, worker: str) -> None:
        waited.append(worker)

    monkeypatch.setattr(chaos.processes.victim, "wait_until_busy", wait_until_busy)
    assert await taken(Fleet({}, dead=(1,))) == 2
    assert waited == []
    assert await taken(Fleet({}), slot=3) == 3
    assert waited == ["worker-3.1"]


async def test_whom_the_plan_names_is_struck_though_another_holds_work() -> None:
    assert await taken(Fleet({3: "a"}), slot=1) == 1
    with pytest.raises(EnvironmentMissing, match=r"^worker-2.1 was not running when it was to be killed$"):
        await taken(Fleet({}, dead=(2,)), slot=2)


async def test_the_one_whose_request_is_held_is_struck_whomever_the_plan_names() -> None:
    assert await taken(Fleet({1: "a", 2: "b"}), slot=1, milestone=Milestone("b")) == 2


@pytest.mark.parametrize("dead", [(), (1,)], ids=["all live", "one is gone for good"])
async def test_where_other_faults_have_all_that_live_the_first_that_is_let_go_is_struck(dead: tuple[int, ...]) -> None:
    fleet = Fleet({1: "a"} if not dead else {}, dead)
    async with contextlib.AsyncExitStack() as others:
        for slot in (1, 3) if not dead else (3,):
            await others.enter_async_context(fleet.lock(slot))
        await fleet.lock(2).acquire()
        taking = asyncio.create_task(taken(fleet))
        await asyncio.sleep(0.2)
        assert not taking.done()
        fleet.lock(2).release()
        assert await taking == 2


async def test_a_slot_that_another_fault_has_emptied_is_struck_once_it_has_a_worker_again() -> None:
    fleet = Fleet({}, dead=(1, 2, 3))
    async with fleet.lock(3):
        taking = asyncio.create_task(taken(fleet))
        await asyncio.sleep(0.05)
        fleet.dead = (1, 2)
    assert await taking == 3


async def test_where_no_worker_lives_and_none_comes_back_nobody_is_struck() -> None:
    with pytest.raises(EnvironmentMissing, match=r"^no worker was running when one was to be struck, and no fault"):
        await taken(Fleet({}, dead=(1, 2, 3)))


async def test_what_other_faults_keep_for_ever_is_not_waited_for_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chaos.processes.victim, "FREE_TIMEOUT_SECONDS", 0.1)
    fleet = Fleet({1: "a"})
    async with fleet.lock(1), fleet.lock(2), fleet.lock(3):
        with pytest.raises(WaitTimeout, match=r"a worker that no other fault has"):
            await taken(fleet)
