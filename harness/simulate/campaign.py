"""Many seeds, on all cores: in processes that are replaced before they grow, with what is done kept on disk.

Data flow: jobs → processes → **outcomes**, appended to a file as they come. Who calls the same campaign again on the
same code goes on where it was interrupted. No more jobs are out than the processes can hold.
"""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from dataclasses import dataclass
from itertools import islice

from harness.errors import AssayError, HarnessDefect
from harness.simulate.bench import Bench, Project, open_bench
from harness.simulate.case import Case
from harness.simulate.cuts import CUTS
from harness.simulate.outcome import Outcome, outcome_of
from harness.simulate.plan_file import family_of

AT_ONCE = 8
"""Jobs that a process is given at a time: few, so that what is interrupted is little."""
TASKS_PER_PROCESS = 60
"""After so many times a process is replaced: memory grows a little with every simulation."""


@dataclass(frozen=True)
class Job:
    """One simulation of a campaign; see ``Case``."""

    family: str
    seed: int
    cut: str = ""
    crash_every_task: bool = False
    twice: bool = False

    def case(self, bench: Bench) -> Case:
        """What it simulates."""
        family = family_of(bench.families, self.family)
        return Case(family, self.seed, crash_every_task=self.crash_every_task, cut=self.cut)


@dataclass(frozen=True)
class Shard:
    """The ``number``th of ``parts`` of a campaign, from 1."""

    number: int = 1
    parts: int = 1


def jobs_of(
    families: Sequence[str], seeds: range, *, crash_every_task: bool = False, twice: bool = False, shard: Shard
) -> Iterator[Job]:
    """All simulations of a campaign. With a crash at every task also one for each way of cutting activities."""
    for seed in seeds[shard.number - 1 :: shard.parts]:
        for family in families:
            for cut in ("", *(CUTS if crash_every_task else ())):
                yield Job(family, seed, cut, crash_every_task, twice)


def run_job(bench: Bench, job: Job) -> Outcome:
    """Simulate it.

    :raises NotSimulated: the application uses what is not simulated.
    """
    case = job.case(bench)
    try:
        got = bench.run(case)
        differs = job.twice and bench.run(case).digest != got.digest
    except AssayError:
        raise
    except Exception as error:
        raise HarnessDefect(f"{job}: {error!r}") from error
    return outcome_of(got, differs=differs)


def run_jobs(
    project: Project, jobs: Iterable[Job], *, processes: int, on_outcome: Callable[[Job, Outcome], bool]
) -> None:
    """Run them all, in processes of their own.

    :param on_outcome: told of each, in whichever order they come; ``False`` is enough, and what is left is not begun.
    """
    with ProcessPoolExecutor(
        processes,
        mp_context=multiprocessing.get_context("spawn"),
        initializer=_begin,
        initargs=(project,),
        max_tasks_per_child=TASKS_PER_PROCESS,
    ) as pool:
        try:
            _run_on(pool, iter(jobs), 2 * processes, on_outcome)
        except BaseException:
            # Nobody waits for what is under way: one company may live for minutes.
            for child in multiprocessing.active_children():
                child.terminate()
            raise


def _run_on(
    pool: ProcessPoolExecutor, waiting: Iterator[Job], ahead: int, on_outcome: Callable[[Job, Outcome], bool]
) -> None:
    out: dict[Future[list[Outcome]], list[Job]] = {}
    goes_on = True
    while True:
        while goes_on and len(out) < ahead and (part := list(islice(waiting, AT_ONCE))):
            out[pool.submit(_work, part)] = part
        if not out:
            return
        done, _ = wait(out, return_when=FIRST_COMPLETED)
        for future in done:
            for job, outcome in zip(out.pop(future), future.result(), strict=True):
                goes_on = on_outcome(job, outcome) and goes_on
        if not goes_on:
            for future in [future for future in out if future.cancel()]:
                del out[future]


_bench: list[Bench] = []


def _begin(project: Project) -> None:
    _bench.append(open_bench(project))


def _work(jobs: Sequence[Job]) -> list[Outcome]:
    return [run_job(_bench[0], job) for job in jobs]
