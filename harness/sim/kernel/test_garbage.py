"""When garbage is collected."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Iterator

import pytest

from harness.sim.client.client import SimClient
from harness.sim.features.testing_simulating import KIT
from harness.sim.kernel import garbage
from harness.sim.kernel.choices import Drawn
from harness.sim.kernel.swarm import CALM
from harness.sim.simulation import simulate


class Cycle:
    """Garbage that only a collection finds."""

    def __init__(self) -> None:
        self.me = self


@pytest.fixture
def eager() -> Iterator[None]:
    """A collection at almost every allocation."""
    before = gc.get_threshold()
    gc.set_threshold(1, 1, 1)
    yield
    gc.set_threshold(*before)


def leave_garbage(ended: list[str]) -> None:
    weakref.finalize(Cycle(), ended.append, "ended")


def make_much() -> list[list[int]]:
    return [[number] for number in range(1000)]


@pytest.mark.usefixtures("eager")
def test_nothing_is_collected_while_a_simulation_runs() -> None:
    seen: list[list[str]] = []
    ended: list[str] = []

    async def call(_client: SimClient) -> None:
        leave_garbage(ended)
        make_much()
        seen.append([*ended])

    simulate(KIT, Drawn(1, CALM), [call])
    assert seen == [[]]
    make_much()
    assert ended == ["ended"]
    assert gc.isenabled()


@pytest.mark.usefixtures("eager")
def test_it_is_collected_every_so_many_steps() -> None:
    ended: list[str] = []
    with garbage.kept():
        leave_garbage(ended)
        garbage.collect_young(garbage.STEPS_BETWEEN - 1)
        assert ended == []
        garbage.collect_young(2 * garbage.STEPS_BETWEEN)
        assert ended == ["ended"]


def test_what_did_not_collect_before_does_not_afterwards() -> None:
    gc.disable()
    try:
        with garbage.kept():
            assert not gc.isenabled()
        assert not gc.isenabled()
    finally:
        gc.enable()
