"""The bare workflow in the simulator: what is counted is what ran to its end, and what did not is told."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.errors import HarnessDefect, UsageError
from harness.simulate.bench import Bench, Project, open_bench
from harness.simulate.engines import growth, player
from harness.simulate.engines.bare import Executed, simulate_bare
from harness.simulate.engines.command import chosen_family
from harness.simulate.engines.play import BARE, WHOLE, Play, Score
from harness.simulate.engines.testing_engines import TOO_LONG, BareTurns

TOY = Project("harness.simulate.engines.testing_engines", "harness.simulate.engines.testing_engines")


@pytest.fixture(scope="module")
def bench() -> Bench:
    return open_bench(TOY)


def play(folder: Path, way: str) -> Play:
    (folder / "go").touch()
    return Play(TOY.app, TOY.simulated, "turns", way, str(folder), in_flight=3, seconds=0.01)


def test_all_executions_end_and_their_events_are_counted(bench: Bench) -> None:
    # Started, three events of the first task, then three of an activity and three of the next task for each turn.
    assert simulate_bare(bench, BareTurns(), seed=1, executions=3) == Executed(3, 3 * 11)
    assert simulate_bare(bench, BareTurns(), seed=1, executions=3, length=4) == Executed(3, 3 * 29)


def test_one_that_does_not_end_is_told(bench: Bench) -> None:
    with pytest.raises(HarnessDefect, match=r"2 of 2 executions did not end.*1000 turns are too many"):
        simulate_bare(bench, BareTurns(), seed=1, executions=2, length=TOO_LONG)


@pytest.mark.parametrize("way", [WHOLE, BARE])
async def test_a_player_leaves_its_score(tmp_path: Path, way: str) -> None:
    await player.main(Play.read(play(tmp_path, way).write()))
    score = Score.read(tmp_path / "score-1.json")
    # Three executions in a simulation, whole or bare.
    assert score.executions >= 3
    assert score.executions % 3 == 0
    assert score.seconds >= 0.01


def test_growth_is_measured_at_two_lengths(tmp_path: Path) -> None:
    growth.main(play(tmp_path, BARE), executions=20)
    found = growth.Growth.read(tmp_path / "score-1.json")
    # Two events of an execution, three of each task and of each activity.
    assert (found.short.events_each, found.long.events_each) == (65.0, 245.0)
    assert found.executions == 20
    assert min(found.short.per_event_seconds, found.long.per_event_seconds, found.rss_before_bytes) > 0


def test_the_family_is_the_first_that_offers_a_bare_workflow(bench: Bench) -> None:
    assert chosen_family(bench.families, None).name == "turns"
    assert chosen_family(bench.families, "turns").name == "turns"
    with pytest.raises(UsageError, match="plain: no `bare`"):
        chosen_family(bench.families, "plain")
