"""Which worker a fault strikes: who holds the request that it waits for, whom it names, or whoever holds work."""

from __future__ import annotations

import contextlib

from chaos.fault import BUSY_TIMEOUT_SECONDS, Milestone, open_attempts, slot_holding, wait_until_busy
from harness.errors import EnvironmentMissing, WaitTimeout
from harness.experiment.site import Site
from harness.poll import eventually

FREE_TIMEOUT_SECONDS = 600.0
"""Longer than any fault keeps a worker."""


async def take_victim(
    site: Site,
    slot: int | None,
    milestone: Milestone | None,
    stack: contextlib.AsyncExitStack,
    *,
    to_be: str,
    activity: str | None = None,
) -> int:
    """Choose a slot, keep other faults away from it for as long as ``stack`` lasts, and wait until its worker is busy.

    :param slot: whom the plan names; ``None`` for whichever worker holds work first.
    :param to_be: what is going to happen to it, for the error: "killed".
    :param activity: whom the milestone's request does not name, as one that only reads: whoever holds an attempt of
        this activity then.
    :raises EnvironmentMissing: no worker holds the request of the milestone, or the victim is not running.
    :raises WaitTimeout: other faults keep every worker.
    """
    named = slot is not None and milestone is None
    if milestone is not None and activity is None:
        slot = await slot_holding(site, milestone)
    elif slot is None:
        slot = await _busy_slot(site, activity)
    await stack.enter_async_context(site.fleet.lock(slot))
    worker = site.fleet.worker_name(slot)
    if not site.fleet.alive(slot):
        raise EnvironmentMissing(f"{worker} was not running when it was to be {to_be}")
    if named:
        await wait_until_busy(site, worker)
    return slot


async def _busy_slot(site: Site, activity: str | None = None) -> int:
    """The first slot whose worker holds an attempt and that no other fault has; the first of these, where none does.

    :param activity: only attempts of this one count.

    Where other faults have all that live, one of them is waited for, and then for its work.

    :raises EnvironmentMissing: no worker is alive, and no fault is about to bring one back.
    :raises WaitTimeout: other faults keep them all.
    """
    fleet = site.fleet

    def free() -> list[int]:
        return [slot for slot in fleet.slots if fleet.alive(slot) and not fleet.lock(slot).locked()]

    def busy() -> int | None:
        held = ((slot, each) for slot in free() for each in open_attempts(site, fleet.worker_name(slot)))
        return next((slot for slot, each in held if activity in (None, each.activity)), None)

    def free_or_nobodys() -> bool:
        return bool(free()) or not any(fleet.lock(slot).locked() for slot in fleet.slots)

    while True:
        what = "a worker that no other fault has"
        await eventually(free_or_nobodys, what=what, timeout_seconds=FREE_TIMEOUT_SECONDS)
        if not free():
            raise EnvironmentMissing("no worker was running when one was to be struck, and no fault brings one back")
        with contextlib.suppress(WaitTimeout):
            return await eventually(
                busy, what="a worker to hold an attempt", timeout_seconds=BUSY_TIMEOUT_SECONDS, interval_seconds=0.02
            )
        if idle := free():
            return idle[0]
