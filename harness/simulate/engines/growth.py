"""``python -m harness.simulate.engines.growth PLAY.json EXECUTIONS``: what more costs the simulator.

A process of its own: the processor time per event of executions at one length and at four times that, and the memory
that is gained over many executions. Leaves a ``Growth`` where the play wants its score.
"""

from __future__ import annotations

import json
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path

import psutil

from harness.simulate.bench import Bench, open_bench
from harness.simulate.binding import Bare
from harness.simulate.engines.bare import simulate_bare
from harness.simulate.engines.play import Play
from harness.simulate.engines.player import bare_from
from harness.simulate.plan_file import family_of

SHORT, TIMES = 10, 4
"""The shorter length, and how many times that the longer one is."""
REPEATS = 2
SIDE_BY_SIDE = 4
BATCH = 16


@dataclass(frozen=True)
class Length:
    """Executions of one length: their events on average, and seconds of the processor for each event."""

    events_each: float
    per_event_seconds: float


@dataclass(frozen=True)
class Growth:
    """``short`` and ``long`` are the lengths, the rest is the resident memory before and after the executions."""

    short: Length
    long: Length
    executions: int
    rss_before_bytes: int
    rss_after_bytes: int

    @staticmethod
    def read(file: Path) -> Growth:
        """What the process left."""
        fields = json.loads(file.read_text(encoding="utf-8"))
        return Growth(short=Length(**fields.pop("short")), long=Length(**fields.pop("long")), **fields)


def grown(bench: Bench, bare: Bare, executions: int) -> Growth:
    """Measure both. Twice the batch runs before the memory is looked at, so that what is kept for good is there."""
    for warming in (1, 2):
        simulate_bare(bench, bare, seed=warming, executions=BATCH)
    before = psutil.Process().memory_info().rss
    for begun in range(0, executions, BATCH):
        simulate_bare(bench, bare, seed=3 + begun, executions=min(BATCH, executions - begun))
    after = psutil.Process().memory_info().rss
    spent = {SHORT: [0.0, 0], SHORT * TIMES: [0.0, 0]}
    for seed in range(1, REPEATS + 1):
        for length, sums in spent.items():
            since = time.process_time()
            events = simulate_bare(bench, bare, seed=seed, executions=SIDE_BY_SIDE, length=length).events
            sums[0] += time.process_time() - since
            sums[1] += events
    short, long = (Length(events / (REPEATS * SIDE_BY_SIDE), cpu / events) for cpu, events in spent.values())
    return Growth(short, long, executions, before, after)


def main(play: Play, executions: int) -> None:
    """Measure, and leave what was found."""
    bench = open_bench(play.project)
    found = grown(bench, bare_from(family_of(bench.families, play.family)), executions)
    play.score.write_text(json.dumps(asdict(found)), encoding="utf-8")


if __name__ == "__main__":
    main(Play.read(Path(sys.argv[1])), int(sys.argv[2]))
