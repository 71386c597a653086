"""The work phase: the schedule runs while faults strike and are healed; what stands still is helped, or given up.

A run whose work was given up goes on to its end, and its record says so: it can break a promise, and proves none.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from dataclasses import replace
from functools import partial

from harness.experiment.experiment import Experiment
from harness.experiment.site import Caller, Site
from harness.experiment.standstill import HOPELESS_SECONDS, Standstill, help_at_a_standstill, help_to_the_end
from harness.experiment.watch import Watcher
from harness.experiment.workload import Answer, PlannedOperation
from harness.progress import Progress
from harness.record.record import GIVEN_UP, Outcome

WORK_TIMEOUT_SECONDS = 900.0
"""So long after its last planned operation the work is over, whatever it waits for."""
WORK_OVER_SECONDS = 20.0
"""How long after the last operation a milestone of the work may still come."""


async def work_with_faults(
    experiment: Experiment,
    site: Site,
    watcher: Watcher,
    progress: Progress,
    *,
    hopeless_seconds: float = HOPELESS_SECONDS,
    timeout_seconds: float = WORK_TIMEOUT_SECONDS,
) -> None:
    """Run the schedule and the faults to their end, or to where nothing goes on any more; everything is healed then.

    :param hopeless_seconds: nothing goes on any more when nothing has gone on for so long, or for as long as the claim
        gives everything to end, whichever is longer.
    :param timeout_seconds: see `WORK_TIMEOUT_SECONDS`.
    """
    hopeless_seconds = max(hopeless_seconds, experiment.claim.settle_seconds)
    counted = _Counted(experiment.workload.operations())
    lasts_seconds = max((each.after_seconds for each in counted.operations), default=0.0)
    await experiment.nemesis.prepare(site)
    ends_seconds = time.monotonic() + lasts_seconds
    ticker = asyncio.create_task(_tell(watcher, progress))
    bound = asyncio.timeout(lasts_seconds + timeout_seconds)
    try:
        async with bound:
            if not await _work(experiment, site, watcher, counted, ends_seconds, hopeless_seconds):
                told = (
                    f"nothing has ended or been answered for {hopeless_seconds:g} s, though all is healed and resumed"
                )
                _give_up(site, progress, told)
    except TimeoutError:
        if not bound.expired():
            raise
        _give_up(site, progress, f"it was not over {timeout_seconds:g} s after its last planned operation")
    finally:
        ticker.cancel()
        # Here too, and not only in the phase of that name: an interrupted run leaves nothing broken either.
        await experiment.nemesis.heal(site)


class _Counted:
    """The schedule, with a count of the answers that have come.

    One that leaves the outcome open is none: it is asked for again, as long as what it waits for stands still.
    """

    def __init__(self, operations: Sequence[PlannedOperation]) -> None:
        self.answers = 0
        self.operations = [replace(each, call=partial(self._call, each)) for each in operations]

    async def _call(self, operation: PlannedOperation, caller: Caller) -> Answer:
        answer = await operation.call(caller)
        self.answers += answer.outcome is not Outcome.UNKNOWN
        return answer


async def _work(
    experiment: Experiment,
    site: Site,
    watcher: Watcher,
    counted: _Counted,
    ends_seconds: float,
    hopeless_seconds: float,
) -> bool:
    """Whether the work came to its end, and was not given up.

    :param ends_seconds: when the last operation is planned, on the host's clock.
    """
    help_on = partial(experiment.workload.settle, site)

    def goes_on() -> object:
        return watcher.closed_count, counted.answers

    async with asyncio.TaskGroup() as group:
        driving = group.create_task(_drive(experiment, counted.operations, site, watcher))
        helping = group.create_task(help_at_a_standstill(goes_on, help_on))
        await experiment.nemesis.run(site)
        helping.cancel()
        site.faults_over.set()
        # What an outage left held is resumed once it is over, as a person would: callers may still be waiting.
        still = Standstill(goes_on, begins_seconds=ends_seconds)
        return await help_to_the_end(driving, still, help_on, seconds=hopeless_seconds)


async def _drive(experiment: Experiment, operations: Sequence[PlannedOperation], site: Site, watcher: Watcher) -> None:
    """Run the schedule, and say when the work that it began is as good as over."""
    await experiment.claim.drive(operations, site, on_accepted=watcher.follow)
    await watcher.all_closed(timeout_seconds=WORK_OVER_SECONDS)
    site.work_over.set()


def _give_up(site: Site, progress: Progress, reason: str) -> None:
    progress.phase("give up", reason)
    site.journal.write(GIVEN_UP, reason=reason)
    site.work_over.set()


async def _tell(watcher: Watcher, progress: Progress) -> None:
    while True:
        progress.update(watcher.counts())
        await asyncio.sleep(1.0)
