"""Brings one engine up, has players play on it, and adds up their scores; everything ends with the measurement.

Data flow: ``command`` → **rig** → a server of its own, if the engine is one → ``player`` processes → executions a
second.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from temporalio.service import RPCError

from harness.errors import EnvironmentMissing
from harness.load.bench.rig import BenchFailed, bench_processes
from harness.poll import eventually
from harness.simulate.engines.growth import Growth
from harness.simulate.engines.play import BARE, SERVER, WHOLE, Play, Score
from harness.simulate.engines.search import Concurrency
from harness.simulate.engines.servers import dev_server, skipping_server
from harness.stack.processes.process import ManagedProcess, Processes, last_lines

READY_TIMEOUT_SECONDS = 180.0
MARGIN_SECONDS = 120.0

Server = Callable[[Mapping[str, str], Path, Processes], Awaitable[str]]


@dataclass(frozen=True)
class Engine:
    """What executions are run by.

    :param server: brings it up and returns its address; ``None`` for the simulator.
    :param skips_time: whether executions are begun so that it skips their time.
    """

    name: str
    way: str
    server: Server | None = None
    skips_time: bool = False


WHOLE_COMPANIES = Engine("simulate, whole companies", WHOLE)
BARE_WORKFLOW = Engine("simulate, bare workflow", BARE)
DEV_SERVER = Engine("dev server", SERVER, dev_server)
SKIPPING_V2 = Engine("time skipping v2", SERVER, dev_server, skips_time=True)
SKIPPING_V1 = Engine("time skipping v1", SERVER, skipping_server)


@dataclass(frozen=True)
class Rig:
    """Measures engines on the workflow of one family.

    :param play: names the family, and how long is measured.
    """

    play: Play
    search_attributes: Mapping[str, str]

    async def measure(self, engine: Engine, at: Concurrency) -> float:
        """Executions a second of all players together.

        :raises BenchFailed: the engine or a player did not come to its end; says what it said last.
        """
        try:
            async with bench_processes() as (folder, processes):
                address = ""
                if engine.server is not None:
                    address = await engine.server(self.search_attributes, folder, processes)
                scores = await _played(self._plays(engine, at, folder, address), processes)
        except (EnvironmentMissing, RPCError) as error:
            raise BenchFailed(f"{engine.name}: {error}") from error
        return sum(score.per_second for score in scores)

    async def growth(self, executions: int) -> Growth:
        """What more costs the simulator, in a process of its own.

        :raises BenchFailed: it did not come to its end.
        """
        async with bench_processes() as (folder, processes):
            play = replace(self.play, folder=str(folder))
            arguments = ["harness.simulate.engines.growth", str(play.write()), str(executions)]
            process = await processes.start("growth", [sys.executable, "-m", *arguments], folder=Path.cwd())
            await process.exited.wait()
            _require_well(process)
            return Growth.read(play.score)

    def _plays(self, engine: Engine, at: Concurrency, folder: Path, address: str) -> Sequence[Play]:
        whole = replace(
            self.play, way=engine.way, folder=str(folder), players=at.processes, in_flight=at.in_flight, address=address
        )
        return [replace(whole, number=n, skips_time=engine.skips_time) for n in range(1, at.processes + 1)]


async def _played(plays: Sequence[Play], processes: Processes) -> Sequence[Score]:
    players = []
    for play in plays:
        command = [sys.executable, "-m", "harness.simulate.engines.player", str(play.write())]
        players.append(await processes.start(f"player-{play.number}", command, folder=Path.cwd()))

    def warm() -> bool:
        for player in players:
            if not player.alive:
                _require_well(player)
        return all(play.ready.exists() for play in plays)

    await eventually(warm, what=f"{len(plays)} players to be warm", timeout_seconds=READY_TIMEOUT_SECONDS)
    plays[0].go.touch()
    ended = asyncio.gather(*(player.exited.wait() for player in players))
    try:
        await asyncio.wait_for(ended, plays[0].seconds + MARGIN_SECONDS)
    except TimeoutError:
        raise BenchFailed(f"no end {MARGIN_SECONDS:g} s after it was due:\n{last_lines(players[0].log)}") from None
    for player in players:
        _require_well(player)
    return [Score.read(play.score) for play in plays]


def _require_well(process: ManagedProcess) -> None:
    code = process.process.returncode
    if code != 0:
        raise BenchFailed(f"{process.name} exited with {code}:\n{last_lines(process.log, 20)}")
