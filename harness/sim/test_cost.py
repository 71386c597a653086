"""What a simulation costs, counted and not timed: objects that it leaves behind, and calls for what happens in it."""

from __future__ import annotations

import gc
import logging
import sys
import warnings
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
import temporalio.converter
from temporalio import workflow

from harness.sim.client.client import SimClient
from harness.sim.features.testing_acts import greet
from harness.sim.features.testing_features import FEATURES
from harness.sim.features.testing_simulating import simulated
from harness.sim.kernel.choices import Drawn
from harness.sim.kernel.swarm import CALM, Swarm
from harness.sim.simulation import FAULTS, MEDDLING, Settings, simulate
from harness.sim.worker.kit import Kit, kit_of

QUEUE = "rounds"


@workflow.defn
class Rounds:
    """Calls an activity and waits, again and again."""

    @workflow.run
    async def run(self, count: int) -> None:
        for _ in range(count):
            await workflow.execute_activity(greet, "Nour", start_to_close_timeout=timedelta(minutes=1))
            await workflow.sleep(1)


KIT: Kit = kit_of(workflows={QUEUE: [Rounds]}, activities=[greet], converter=temporalio.converter.default())


def objects_after(work: Callable[[], object]) -> Counter[str]:
    """The objects of each type that there are when the work is done, without garbage."""
    work()
    gc.collect()
    gc.collect()
    return Counter(type(each).__name__ for each in gc.get_objects())


def left_behind(work: Callable[[], object]) -> Counter[str]:
    """What the work leaves behind each time, once whatever is kept for good is there."""
    objects_after(work)
    before = objects_after(work)
    return objects_after(work) - before - Counter(["Counter"])  # which is ``before``


def all_features() -> None:
    """Each feature among faults of its own, every second with a crash at every task."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for seed, name in enumerate(FEATURES):
            swarm = Swarm.drawn(seed, (*FAULTS, *MEDDLING))
            simulated(name, Drawn(seed, swarm), Settings(crash_every_task=seed % 2 == 0))


def calls_for(rounds: int) -> int:
    """How many functions are called to simulate so many rounds."""

    async def call(client: SimClient) -> None:
        await client.execute_workflow(Rounds.run, rounds, id="rounds", task_queue=QUEUE)

    count = 0

    def counting(_frame: Any, event: str, _arg: Any) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(counting)
    try:
        simulate(KIT, Drawn(1, CALM), [call])
    finally:
        sys.setprofile(before)
    return count


@pytest.fixture
def quiet() -> Iterator[None]:
    """Nothing is logged: pytest keeps what is, with all that it names."""
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


@pytest.mark.usefixtures("quiet")
def test_a_simulation_leaves_nothing_behind() -> None:
    assert left_behind(all_features) == Counter()


def test_what_is_left_behind_is_seen() -> None:
    kept: list[object] = []
    assert left_behind(lambda: kept.append(simulated("activity-greet")))["Result"] == 1


def test_twice_as_many_events_cost_twice_as_much() -> None:
    calls_for(2)
    few, many, most = calls_for(50), calls_for(100), calls_for(200)
    assert (most - many) / (many - few) < 2.02
