"""The experiment, top to bottom.

    bring up → steady state → work with faults → heal → settle → final reads → take down → seal → check → report

Always all phases and in this order, in one function, so that nobody can forget to heal or to read at the end. What is
tried is the claim's; what may be concluded is the checks'; what is here is only the order. The record is sealed when
everything that writes into it has ended, and only then judged: once, by what judges it again later
(`harness.experiment.again`).
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Iterator, Sequence

from temporalio.service import RPCError

from harness.application.sources import sources_in
from harness.errors import EnvironmentMissing
from harness.experiment.again import Judged, judge_and_report
from harness.experiment.bring_up import site_up
from harness.experiment.experiment import Experiment
from harness.experiment.final_reads import read_everything
from harness.experiment.site import Site
from harness.experiment.watch import Watcher, sample_for_ever
from harness.experiment.work import work_with_faults
from harness.experiment.workload import PlannedOperation, Workload, drive
from harness.progress import Progress
from harness.record.integrity.agreement import BEGUN, beginning_of
from harness.record.integrity.histories import KEPT, kept
from harness.record.integrity.seal import write_seal
from harness.record.journal import FileJournal, Journal
from harness.record.record import GIVEN_UP
from harness.record.rundir import write_json, write_run_info
from harness.replay.supervisor import ReplayJob, replay_histories
from harness.words import words_of

STEADY_TIMEOUT_SECONDS = 45.0
LOOKS = 2
"""So often in a row nothing may be open."""


async def run_experiment(experiment: Experiment, progress: Progress) -> Judged:
    """Run all phases and judge. The run directory holds the sealed record and the report afterwards.

    :raises EnvironmentMissing: the stack could not be brought up, or the record could not be written.
    :raises asyncio.CancelledError: interrupted; everything is healed and taken down, and the sealed record says so.
    """
    blueprint, claim = experiment.blueprint, experiment.claim
    with _recorded(experiment) as journal, _interruptions(journal):
        phases = _Phases(journal, progress)
        with phases("bring-up", f"{experiment.info.stack} stack, world, {blueprint.workers} workers"):
            up = contextlib.AsyncExitStack()
            site = await up.enter_async_context(site_up(blueprint, journal))
        async with up, _watching(experiment, site) as watcher:
            with phases("steady-state", "must work before anything is broken"):
                await experiment.workload.prepare(site)
                await _reach_steady_state(experiment.workload.canaries(), site, watcher)
            with phases("work", _work_in_words(experiment)):
                await work_with_faults(experiment, site, watcher, progress)
            with phases("heal"):
                await experiment.nemesis.heal(site)
            with phases("settle", f"everything has {claim.settle_seconds:g} s to end"):
                await _settle(experiment.workload, site, watcher, claim.settle_seconds, progress)
            with phases("final-reads"):
                app = blueprint.app
                await read_everything(
                    site.client,
                    app.status_attribute,
                    app.subject_of,
                    blueprint.folder,
                    journal,
                    followed=watcher.followed,
                )
                journal.write(KEPT, sha256=kept(blueprint.folder))
                for subject, detail in (await experiment.workload.read_back(site)).items():
                    journal.write("shown", subject=subject, detail=dict(detail))
                await replay_histories(_replay_job(experiment, site))
            progress.phase("take down")
    progress.phase("check and report")
    return await asyncio.to_thread(judge_and_report, blueprint.folder, lambda name: claim, blueprint.app)


@contextlib.contextmanager
def _recorded(experiment: Experiment) -> Iterator[Journal]:
    """The harness's journal, opened with what is to be tried; the record is sealed when everything has ended."""
    blueprint, info = experiment.blueprint, experiment.info
    folder, app = blueprint.folder, blueprint.app.name
    write_run_info(folder, info)
    write_json(folder / "plan.json", plan_of(experiment))
    write_json(folder / "input.json", experiment.workload.describe())
    journal = FileJournal(folder / "journal" / "harness.jsonl", "harness", info.run_id)
    journal.write(BEGUN, **beginning_of(folder, info, sources_in(blueprint.version_folder, app)))
    try:
        yield journal
    except BaseException:
        # What went wrong comes first; a record that cannot be sealed any more is UNKNOWN by itself.
        with contextlib.suppress(EnvironmentMissing):
            _seal(experiment, journal)
        raise
    _seal(experiment, journal)


def _seal(experiment: Experiment, journal: FileJournal) -> None:
    journal.close()
    blueprint = experiment.blueprint
    write_seal(blueprint.folder, experiment.info.run_id, sources_in(blueprint.version_folder, blueprint.app.name))


def plan_of(experiment: Experiment) -> dict[str, object]:
    """What ``plan.json`` says: the claim, the seed, the workload and the faults, the same bytes for the same seed."""
    return {
        "claim": experiment.claim.name,
        "seed": experiment.info.seed,
        "faults": list(experiment.nemesis.describe()),
        "workload": experiment.workload.describe(),
    }


async def _reach_steady_state(canaries: Sequence[PlannedOperation], site: Site, watcher: Watcher) -> None:
    """Run the canaries to their end. When they do not end, the run goes on and the checks say what was broken."""
    await drive(canaries, site, on_accepted=watcher.follow)
    ids = {each.workflow_id for each in canaries if each.workflow_id is not None}
    reached = await watcher.all_closed(ids, timeout_seconds=STEADY_TIMEOUT_SECONDS)
    site.journal.write("steady-state", reached=reached)


async def _settle(workload: Workload, site: Site, watcher: Watcher, settle_seconds: float, progress: Progress) -> None:
    deadline, looks = time.monotonic() + settle_seconds, 0
    while time.monotonic() < deadline:
        nothing_under_way = await workload.settle(site)
        closed = await watcher.all_closed(timeout_seconds=1.0)
        # What began a moment ago, such as a child whose parent has just ended, may not be listed yet.
        looks = looks + 1 if closed and nothing_under_way and not await _anything_runs(watcher) else 0
        if looks == LOOKS:
            return
        await asyncio.sleep(0.5 if closed or watcher.lost else 0.0)
        progress.update(watcher.counts())
    if lost := watcher.lost:
        told = ", ".join(f"{workflow_id} ({error})" for workflow_id, error in lost.items())
        site.journal.write(GIVEN_UP, reason=f"nobody could follow {told}")


async def _anything_runs(watcher: Watcher) -> bool:
    try:
        return await watcher.follow_what_runs()
    except RPCError:
        return True  # Nobody knows.


def _replay_job(experiment: Experiment, site: Site) -> ReplayJob:
    """The histories of the run, to be replayed on the version of the code that made them."""
    blueprint = experiment.blueprint
    return ReplayJob(
        app=blueprint.app.name,
        version_folder=blueprint.version_folder,
        folder=blueprint.folder,
        run_id=blueprint.run_id,
        environment=site.environment,
    )


def _work_in_words(experiment: Experiment) -> str:
    return f"{len(experiment.workload.operations())} operations, {len(experiment.nemesis.describe())} faults"


@contextlib.asynccontextmanager
async def _watching(experiment: Experiment, site: Site) -> AsyncIterator[Watcher]:
    """The watcher and the sampler, for as long as the site is up."""
    watcher = Watcher(site.client, site.journal)
    queues = tuple(experiment.blueprint.app.queues)
    sampler = asyncio.create_task(sample_for_ever(site.client, queues, watcher, site.journal))
    try:
        yield watcher
    finally:
        sampler.cancel()
        await asyncio.gather(sampler, return_exceptions=True)
        await watcher.stop()


class _Phases:
    """Journals each phase as it is entered and left; a phase that raises is entered and not left."""

    def __init__(self, journal: Journal, progress: Progress) -> None:
        self._journal = journal
        self._progress = progress

    @contextlib.contextmanager
    def __call__(self, name: str, detail: str = "") -> Iterator[None]:
        self._journal.write("phase", name=name, event="entered")
        self._progress.phase(name.replace("-", " "), detail)
        yield
        self._journal.write("phase", name=name, event="left")


@contextlib.contextmanager
def _interruptions(journal: Journal) -> Iterator[None]:
    """Write into the record why a run did not come to its end; such a record is never VALID."""

    def note(reason: str) -> None:
        # A disk that is full has ended the run, and takes no last word either.
        with contextlib.suppress(EnvironmentMissing):
            journal.write("interrupted", reason=reason)

    try:
        yield
    except asyncio.CancelledError:
        note("interrupted by a signal")
        raise
    except Exception as error:
        note(words_of(error))
        raise
