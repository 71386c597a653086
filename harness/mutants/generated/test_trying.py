"""Which mutants are tried follows from the draw alone, and each of them is tried once."""

from __future__ import annotations

import threading
import time

import pytest

from harness.mutants.generated.generated import Generated
from harness.mutants.generated.test_score import mutant
from harness.mutants.generated.trial import End, Outcome
from harness.mutants.generated.trying import try_drawn


class Engine:
    """Finds stillborn what is called so; takes longer for what is drawn first."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.closed = threading.Event()

    def try_one(self, mutant: Generated) -> Outcome:
        self.asked.append(mutant.name)
        if mutant.name == "hangs":
            assert self.closed.wait(timeout=60)
            return Outcome(End.TIMED_OUT)
        time.sleep(0.02 if mutant.name == "a" else 0)
        return Outcome(End.STILLBORN if mutant.name.startswith("still") else End.SURVIVED)

    def close(self) -> None:
        self.closed.set()


def names(engine: Engine, drawn: dict[int, list[str]], count: int) -> dict[int, list[str]]:
    draws = {seed: iter([mutant(name) for name in each]) for seed, each in drawn.items()}
    found = try_drawn(engine, draws, count, at_once=2)
    return {seed: [each.mutant.name for each in tried] for seed, tried in found.items()}


def test_for_each_that_is_stillborn_another_is_drawn_and_no_more() -> None:
    drawn = ["a", "still-1", "b", "still-2", "still-3", "c", "d"]
    assert names(Engine(), {1: drawn}, 3) == {1: drawn[:-1]}


def test_what_two_seeds_draw_is_tried_once_and_a_draw_may_come_to_its_end() -> None:
    engine = Engine()
    assert names(engine, {1: ["a", "still-1", "b"], 2: ["still-1", "a"]}, 2) == {
        1: ["a", "still-1", "b"],
        2: ["still-1", "a"],
    }
    assert sorted(engine.asked) == ["a", "b", "still-1"]


def test_who_is_interrupted_closes_the_engine_and_waits_for_nobody() -> None:
    engine = Engine()

    def interrupt(_tried: object) -> None:
        raise KeyboardInterrupt

    draws = {1: iter([mutant("hangs"), mutant("a"), mutant("b"), mutant("c")])}
    with pytest.raises(KeyboardInterrupt):
        try_drawn(engine, draws, 4, at_once=2, on_tried=interrupt)
    assert engine.closed.is_set()
