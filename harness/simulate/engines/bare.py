"""One workflow type in the simulator with nothing around it: many callers at a time, in one simulation."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import cast

from temporalio.client import Client

from harness.errors import HarnessDefect
from harness.sim.client.client import SimClient
from harness.sim.kernel.choices import Drawn
from harness.sim.kernel.loop import virtual_loop
from harness.sim.kernel.swarm import INNOCENT
from harness.sim.kernel.timeline import SECOND
from harness.sim.simulation import Caller, Settings, Simulation
from harness.sim.surface import ActivityDefinition, activity_definition
from harness.simulate.bench import Bench
from harness.simulate.binding import Bare, Ground
from harness.simulate.outside import Outside
from harness.simulate.process.clock import seconds_of, virtual_clock
from harness.simulate.process.stillness import still

STEPS_AT_MOST = 4_000_000


@dataclass(frozen=True)
class Executed:
    """What ran to its end. ``events`` are those of all histories."""

    executions: int
    events: int


def simulate_bare(bench: Bench, bare: Bare, *, seed: int, executions: int, length: int = 1) -> Executed:
    """Simulate so many executions side by side, with messages that overtake one another and nothing else going wrong.

    :param length: of each; see ``BareRun.execute``.
    :raises HarnessDefect: one did not end as it has to.
    """
    activities: dict[str, ActivityDefinition] = {}
    settings = Settings(steps_at_most=STEPS_AT_MOST)
    simulation = Simulation(replace(bench.kit, activities=activities), Drawn(seed, INNOCENT), settings)
    timeline = simulation.timeline
    with still(), virtual_clock(timeline):
        outside = Outside(loop := virtual_loop(timeline, "outside"))
        run = bare.begin(Ground(lambda: seconds_of(timeline), lambda: timeline.now / SECOND, outside))
        for activity in run.activities:
            found = activity_definition(activity)
            activities[str(found.name)] = found
        left = set(range(1, executions + 1))

        def caller(number: int) -> Caller:
            async def call(client: SimClient) -> None:
                await run.execute(cast(Client, client), bare.queue, f"{seed}-{number}", length)
                left.remove(number)
                if not left:
                    simulation.end()

            return call

        tasks = [simulation.call(caller(number)) for number in sorted(left)]
        try:
            result = simulation.run()
        finally:
            loop.ended = True
            outside.bury()
        run.close()
    errors = [task.exception() for task in tasks if task.done() and task.exception()]
    if left or errors or result.findings:
        told = errors or result.findings or result.ended.value
        raise HarnessDefect(f"seed {seed}: {len(left)} of {executions} executions did not end: {told!r}")
    return Executed(executions, sum(len(each.events) for each in result.runs))
