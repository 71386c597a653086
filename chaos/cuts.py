"""Cuts: striking the next effect of a kind at an exact point, one after the other in a few lanes.

A hold that is armed when its turn comes takes whatever comes next, so a plan of many cuts needs no luck: each *lane*
arms one, waits until a request stands at the point, strikes the worker that sent it, lets the request go and heals,
and only then turns to its next. Lanes never share a worker: where the one that sent the request is in another lane's
hands, or where it cannot be told which one it was, the request goes on unharmed and the next is waited for.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from chaos.fault import Milestone, askers, free_slot_asking
from chaos.plan import CutPoint, PlannedFault, seconds
from harness.errors import EnvironmentMissing
from harness.experiment.site import Site
from harness.experiment.world import Hold, WorldControl
from harness.record.cuts import ACK_DROPPED, KILLED_AFTER, KILLED_BEFORE, STOPPED, WAYS

RELEASE_AFTER_SECONDS = 20.0
WAIT_SECONDS = 2.0


@dataclass(frozen=True)
class Way:
    """How a way of cutting is done: where the request is held, what strikes, and what becomes of the request then.

    ``parameters`` are drawn for each cut. What is abandoned has no effect; everything else goes on to its answer.
    """

    point: str
    fault: str
    abandons: bool = False


# The held request is let go as soon as the worker is struck: what comes again finds nothing in flight.
HOW: Mapping[str, Way] = {
    KILLED_BEFORE: Way("before_effect", "worker-kill", abandons=True),
    KILLED_AFTER: Way("after_commit", "worker-kill"),
    ACK_DROPPED: Way("drop_ack", "ack-drop"),
    STOPPED: Way("after_commit", "worker-pause"),
}


def draw_cuts(
    draw: random.Random, effects: Sequence[str], *, lanes: int, paused_seconds: tuple[float, float]
) -> tuple[PlannedFault, ...]:
    """A cut for each kind of effect in each way, dealt evenly to the lanes, in drawn order.

    :param paused_seconds: the shortest and the longest time for which a worker is stopped: beyond its heartbeats.
    """
    dealt: list[list[PlannedFault]] = [[] for _ in range(lanes)]
    for number, way in enumerate(WAYS):
        kinds = draw.sample(list(effects), len(effects))
        for place, effect in enumerate(kinds):
            lane = (place + number) % lanes
            parameters = _parameters(draw, way, paused_seconds)
            cut = CutPoint(effect, way, lane + 1)
            dealt[lane].append(PlannedFault(f"{effect}/{way}", HOW[way].fault, parameters, cut=cut))
    for lane_of in dealt:
        draw.shuffle(lane_of)
    return tuple(fault for lane_of in dealt for fault in lane_of)


def _parameters(draw: random.Random, way: str, paused_seconds: tuple[float, float]) -> Mapping[str, Any]:
    match HOW[way].fault:
        case "worker-kill":
            return {"down_seconds": seconds(draw, 0.2, 0.8)}
        case "worker-pause":
            return {"paused_seconds": seconds(draw, *paused_seconds)}
    return {}


async def next_request(cut: CutPoint, site: Site, world: WorldControl) -> tuple[Hold, Milestone]:
    """Hold the next effect of the kind whose worker can be struck; returns once it stands at its point.

    :raises EnvironmentMissing: there was none before the work was over.
    """
    while True:
        hold = await world.arm_next(cut.effect, HOW[cut.way].point, release_after_seconds=RELEASE_AFTER_SECONDS)
        try:
            hold = await _left_armed(hold, site, world)
            milestone = await _milestone(cut, hold, site)
        except BaseException:
            await world.release(hold.hold_id)
            raise
        if milestone is not None:
            return hold, milestone
        await world.release(hold.hold_id)
        if hold.state == "armed":
            raise EnvironmentMissing(f"no {cut.effect} came before the work was over")


async def let_go(cut: CutPoint, hold_id: str, world: WorldControl) -> None:
    """Let the request go the way of its cut: on to its answer, or to an end without an effect."""
    if HOW[cut.way].abandons:
        await world.abandon(hold_id)
    else:
        await world.release(hold_id)


async def _left_armed(hold: Hold, site: Site, world: WorldControl) -> Hold:
    while hold.state == "armed" and not site.work_over.is_set():
        hold = await world.wait_for_hold(hold.hold_id, wait_seconds=WAIT_SECONDS)
    return hold


async def _milestone(cut: CutPoint, hold: Hold, site: Site) -> Milestone | None:
    """What the fault is told, ``None`` when this request is not to be had."""
    if hold.state != "engaged" or hold.reference is None or hold.at_seconds is None:
        return None
    milestone = Milestone(hold.reference, None, hold.service, hold.at_seconds)
    if HOW[cut.way].fault == "ack-drop":
        return milestone if askers(site, hold.reference, hold.at_seconds) else None
    slot = free_slot_asking(site, hold.reference, hold.at_seconds)
    return None if slot is None else replace(milestone, slot=slot)
