"""One process of a measurement: ``python -m harness.simulate.engines.player PLAY.json``, see ``play``.

Each way warms up until as many executions have ended as are under way at a time, waits for the others, and counts
what ends from then on. In the simulator what has been begun within the time is finished and the time it took counts;
on a server the callers never pause, and what ends within the time counts.
"""

from __future__ import annotations

import asyncio
import itertools
import os
import sys
import time
import traceback
from collections.abc import Callable
from pathlib import Path

from harness.errors import HarnessDefect
from harness.poll import eventually
from harness.sim.kernel.choices import Drawn
from harness.sim.kernel.swarm import INNOCENT
from harness.simulate.bench import Bench, open_bench
from harness.simulate.binding import Bare, Family, bare_of
from harness.simulate.case import Case
from harness.simulate.engines.bare import simulate_bare
from harness.simulate.engines.on_server import play_on_server
from harness.simulate.engines.play import SERVER, WHOLE, Play, Score
from harness.simulate.plan_file import family_of

GO_TIMEOUT_SECONDS = 300.0


async def begin_together(play: Play) -> None:
    """Say that this one is warm, and return when all are.

    :raises WaitTimeout: another one never got there.
    """
    play.ready.touch()
    await eventually(
        play.go.exists, what="the other players", timeout_seconds=GO_TIMEOUT_SECONDS, interval_seconds=0.01
    )


def bare_from(family: Family) -> Bare:
    """What the family is compared by.

    :raises HarnessDefect: it offers nothing; the command has asked before.
    """
    bare = bare_of(family)
    if bare is None:
        raise HarnessDefect(f"{family.name} offers no `bare` to compare engines by")
    return bare


def whole_companies(bench: Bench, family: Family, play: Play) -> Callable[[], int]:
    """One innocent company after another, each judged; returns the number of its executions.

    :raises HarnessDefect: a check says that something is broken, where nothing went wrong.
    """
    seeds = itertools.count(play.number, play.players)

    def turn() -> int:
        seed = next(seeds)
        got = bench.run(Case(family, seed), Drawn(seed, INNOCENT))
        still_open = [each.workflow_id for each in got.record.executions if each.status == "RUNNING"]
        if got.broken or still_open:
            told = [result.summary for result in got.broken] or f"still open: {still_open}"
            raise HarnessDefect(f"seed {seed}: {told}")
        return len({each.workflow_id for each in got.record.executions})

    return turn


def bare_workflow(bench: Bench, bare: Bare, play: Play) -> Callable[[], int]:
    """One simulation of so many executions after another."""
    seeds = itertools.count(play.number, play.players)
    return lambda: simulate_bare(bench, bare, seed=next(seeds), executions=play.in_flight).executions


async def play_in_simulator(turn: Callable[[], int], play: Play) -> Score:
    """Play turn after turn for the time of the measurement."""
    turn()
    await begin_together(play)
    begin, executions = time.monotonic(), 0
    while (took := time.monotonic() - begin) < play.seconds:
        executions += turn()
    return Score(executions, took)


async def main(play: Play) -> None:
    """Play, and leave the score."""
    bench = open_bench(play.project)
    family = family_of(bench.families, play.family)
    if play.way == SERVER:
        score = await play_on_server(bench.app, bare_from(family), play, lambda: begin_together(play))
    elif play.way == WHOLE:
        score = await play_in_simulator(whole_companies(bench, family, play), play)
    else:
        score = await play_in_simulator(bare_workflow(bench, bare_from(family), play), play)
    score.write(play.score)


if __name__ == "__main__":
    code = 0
    try:
        asyncio.run(main(Play.read(Path(sys.argv[1]))))
    except Exception:
        traceback.print_exc()  # last of all, below what the SDK says of calls that ended with this one
        code = 1
    # What is under way on a server stays so: the server ends, too, and threads of the SDK would hold Python's end up.
    sys.stderr.flush()
    os._exit(code)
