"""One simulation of a company, from nothing to a judged record.

Data flow: family, seed, choices → **simulated execution** → record → results. Pure but for the process's clock: the
same seed and the same choices are the same record, byte for byte.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace

import httpx

from harness.application.contract import Application
from harness.errors import HarnessDefect
from harness.judge.judge import judge
from harness.record.history_reader import tasks_completed
from harness.record.memory_journal import MemoryJournal
from harness.record.reader import record_of
from harness.record.record import Record, RunInfo
from harness.seed import Seed
from harness.sim.client.calls import Calls
from harness.sim.client.client import SimClient
from harness.sim.kernel.choices import Choices, Drawn
from harness.sim.kernel.loop import virtual_loop
from harness.sim.kernel.plan import Plan
from harness.sim.kernel.swarm import CALM, INNOCENT, Swarm
from harness.sim.kernel.timeline import SECOND, Timeline
from harness.sim.result import Result
from harness.sim.server.execution import Execution
from harness.sim.simulation import Settings, Simulation
from harness.sim.surface import ActivityDefinition, activity_definition
from harness.sim.worker.kit import Kit
from harness.simulate.attempts import AttemptWatch
from harness.simulate.binding import Around, Company, Family
from harness.simulate.clock import BEGINS_SECONDS, seconds_of, virtual_clock
from harness.simulate.cuts import LONGER, EveryFirst
from harness.simulate.outside import Outside
from harness.simulate.phases import Phases, SimulatedSite
from harness.simulate.stillness import still
from harness.simulate.strikes import faults_of
from harness.simulate.trouble import BEGINS_LATEST_SECONDS, Note, Trouble
from harness.simulate.visibility import HarnessClient
from harness.verdict import CheckResult, Finding, Verdict

STEPS_AT_MOST = 400_000
LATE_SHARE = 0.2
"""Of the companies in which trouble begins late."""


@dataclass(frozen=True)
class Case:
    """What is simulated: a company, and what is left out of it.

    :param without: subjects and operations that are left out.
    :param cut: a way in which the first attempt of every activity is cut (``cuts``).
    """

    family: Family
    seed: int
    without: frozenset[str] = frozenset()
    crash_every_task: bool = False
    cut: str = ""

    def choices(self, faults: tuple[str, ...]) -> Choices:
        """What its seed draws.

        :param faults: the kinds that there are.
        """
        if self.cut:
            return EveryFirst(Drawn(self.seed, INNOCENT), self.cut)
        return Drawn(self.seed, Swarm.drawn(self.seed, faults))


@dataclass(frozen=True)
class Simulated:
    """What came of it. ``digest`` is the same for two that are the same, byte for byte."""

    case: Case
    plan: Plan
    record: Record
    results: Sequence[CheckResult]
    notes: Sequence[Note]
    steps: int
    digest: str

    @property
    def verdict(self) -> Verdict:
        """INVALID for a broken promise, UNKNOWN for a doubt or where nothing was there to judge.

        A check that had nothing to judge says UNKNOWN and finds nothing. Whether it ever had is the campaign's to ask.
        """
        if self.broken:
            return Verdict.INVALID
        doubts = any(result.verdict is Verdict.UNKNOWN and result.findings for result in self.results)
        judged = any(result.verdict is Verdict.VALID for result in self.results)
        return Verdict.UNKNOWN if doubts or not judged or not self.record.executions else Verdict.VALID

    @property
    def broken(self) -> Sequence[CheckResult]:
        """The checks that say INVALID."""
        return [result for result in self.results if result.verdict is Verdict.INVALID]


def simulate_once(app: Application, kit: Kit, case: Case, choices: Choices) -> Simulated:
    """Simulate the company with these choices, and judge it.

    :param kit: of ``bench.kit_for``.
    :raises NotSimulated: the application uses what is not simulated.
    :raises HarnessDefect: the simulation itself went wrong.
    """
    with still():
        record, result, trouble = _record_of(app, kit, case, choices)
    results = [*judge(record, case.family.checks), *_stuck(result)]
    summed = hashlib.sha256(result.digest.encode())
    for part in (
        record.operations,
        record.attempts,
        record.effects,
        record.world_attempts,
        record.webhooks,
        record.shown,
    ):
        summed.update(repr(part).encode())
    return Simulated(case, choices.plan(), record, results, tuple(trouble.notes), result.steps, summed.hexdigest())


def _record_of(app: Application, kit: Kit, case: Case, choices: Choices) -> tuple[Record, Result, Trouble]:
    trouble = Trouble(choices, 0.0 if case.cut else _begins(case.seed), for_ever=bool(case.cut))
    begun: list[Timeline] = []
    activities: dict[str, ActivityDefinition] = {}

    def now() -> float:
        return seconds_of(begun[0]) if begun else BEGINS_SECONDS

    harness, workers = MemoryJournal("harness", now), MemoryJournal("workers", now)
    watch = AttemptWatch(workers, now, app.subject_of)
    settings = Settings(crash_every_task=case.crash_every_task, steps_at_most=STEPS_AT_MOST)
    simulation = Simulation(replace(kit, activities=activities), trouble, settings, watch)
    timeline, server = simulation.timeline, simulation.server
    begun.append(timeline)
    trouble.begin(timeline)
    with virtual_clock(timeline):
        outside = Outside(virtual_loop(timeline, "outside"))
        around = Around(now, lambda: timeline.now / SECOND, outside, simulation.client, trouble)
        company = case.family.company(around)
        for activity in company.activities:
            found = activity_definition(activity)
            activities[str(found.name)] = found
        workload = case.family.workload(case.seed, case.without)
        server.on_closed.append(lambda run: _closed(harness, run))
        phases = Phases(
            workload=workload,
            site=_site(company, simulation, kit, harness),
            server=server,
            trouble=trouble,
            settle_seconds=case.family.settle_seconds * (LONGER if case.cut else 1),
            status_attribute=app.status_attribute,
            subject_of=app.subject_of,
        )

        async def live(_client: SimClient) -> None:
            try:
                await phases.run()
            finally:
                simulation.end()

        task = simulation.call(live)
        result = simulation.run()
        outside.end()
        if not task.done():
            harness.write("interrupted", reason=f"the simulation came to no end: {result.ended.value}")
        elif (error := task.exception()) is not None:
            raise HarnessDefect(f"seed {case.seed}: the phases of the simulation broke: {error!r}") from error
        for run in server.runs.values():
            _replay(simulation, run, harness)
        company.close()
    lines = sorted([*harness.lines, *workers.lines, *company.lines], key=lambda line: line["at_seconds"])
    record = record_of(_info(case), lines, workload.describe(), dict(company.attachments))
    return replace(record, faults=faults_of(trouble.notes, watch, now())), result, trouble


def _site(company: Company, simulation: Simulation, kit: Kit, journal: MemoryJournal) -> SimulatedSite:
    """What the harness itself asks always comes through."""
    server = simulation.server
    calm = SimClient(Calls(server, Drawn(0, CALM)), kit.converter, "harness")
    return SimulatedSite(
        client=HarnessClient(calm, server),
        environment=company.environment,
        world_ports=company.world_ports,
        http=httpx.AsyncClient(transport=company.http),
        journal=journal,
    )


def _begins(seed: int) -> float:
    draw = Seed(seed).stream("trouble")
    return round(draw.uniform(0.0, BEGINS_LATEST_SECONDS), 3) if draw.random() < LATE_SHARE else 0.0


def _closed(journal: MemoryJournal, run: Execution) -> None:
    journal.write("execution-closed", workflow_id=run.workflow_id)


def _replay(simulation: Simulation, run: Execution, journal: MemoryJournal) -> None:
    """Whether the code does what its history says when it is replayed as a whole."""
    told = simulation.replay(run)
    found = [each for each in simulation.findings if each.run_id == run.run_id and each.kind == "nondeterminism"]
    message = told or "; ".join(each.message for each in found)
    journal.write(
        "replayed",
        workflow_id=run.workflow_id,
        run_id=run.run_id,
        outcome="nondeterminism" if message else "ok",
        message=message,
        tasks_completed=tasks_completed(run.history.events),
    )


def _stuck(result: Result) -> list[CheckResult]:
    """Runs whose workflow tasks fail again and again, whatever the checks say of them."""
    found = [
        Finding(each.workflow_id, f"event {each.event_id}: {each.message}")
        for each in result.findings
        if each.kind == "stuck"
    ]
    return [CheckResult("stuck", Verdict.INVALID, found[0].message, tuple(found))] if found else []


def _info(case: Case) -> RunInfo:
    name = case.family.name
    command = f"assay simulate {name} --seeds {case.seed}..{case.seed}"
    return RunInfo(f"{name}-{case.seed}", name, "", case.seed, "simulate", "", command)
