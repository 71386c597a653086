"""One simulation of a company, from nothing to a judged record.

Data flow: family, seed, choices → **simulated execution** → record → results. Pure but for the process's clock: the
same seed and the same choices are the same record, byte for byte.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace

import httpx

from harness.application.contract import Application
from harness.errors import AssayError, HarnessDefect
from harness.judge.judge import judge
from harness.record.history_reader import tasks_completed
from harness.record.memory_journal import MemoryJournal
from harness.record.reader import record_of
from harness.record.record import Record
from harness.seed import Seed
from harness.sim.client.calls import Calls
from harness.sim.client.client import SimClient
from harness.sim.kernel.choices import Choices, Drawn
from harness.sim.kernel.guard import simulated
from harness.sim.kernel.loop import virtual_loop
from harness.sim.kernel.swarm import CALM
from harness.sim.kernel.timeline import SECOND, Timeline
from harness.sim.placeless import placeless
from harness.sim.result import Result
from harness.sim.server.execution import Execution
from harness.sim.simulation import Settings, Simulation
from harness.sim.surface import ActivityDefinition, activity_definition
from harness.sim.worker.kit import Kit
from harness.simulate.attempts import AttemptWatch
from harness.simulate.binding import Around, Company
from harness.simulate.case import Case, Judged, info_of
from harness.simulate.outside import Outside
from harness.simulate.phases import CompanySite, Phases
from harness.simulate.process.clock import BEGINS_SECONDS, seconds_of, virtual_clock
from harness.simulate.process.stillness import still
from harness.simulate.strikes import faults_of
from harness.simulate.trouble import BEGINS_LATEST_SECONDS, Trouble
from harness.simulate.visibility import HarnessClient, SimulatedRuns
from harness.verdict import CheckResult, Finding, Verdict

STEPS_AT_MOST = 400_000
LATE_SHARE = 0.2
"""Of the companies in which trouble begins late."""


@dataclass(frozen=True)
class Simulated(Judged):
    """What came of it in virtual time. ``digest`` is the same for two that are, byte for byte, in whichever folder."""

    steps: int
    digest: str


def simulate_once(app: Application, kit: Kit, case: Case, choices: Choices) -> Simulated:
    """Simulate the company with these choices, and judge it.

    :param kit: of ``kit.kit_for``.
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
        summed.update(placeless(repr(part)).encode())
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
    trouble.begin(now)
    with virtual_clock(timeline):
        outside = Outside(loop := virtual_loop(timeline, "outside"))
        around = Around(now, lambda: timeline.now / SECOND, outside, simulation.client, trouble)
        with simulated(timeline):
            company = case.family.company(around)
        for activity in company.activities:
            found = activity_definition(activity)
            activities[str(found.name)] = found
        workload = case.family.workload(case.seed, case.without)
        server.on_closed.append(lambda run: harness.write("execution-closed", workflow_id=run.workflow_id))
        phases = Phases(
            workload=workload,
            site=_site(company, simulation, kit, harness),
            runs=SimulatedRuns(server, kit.converter, app.status_attribute, app.subject_of),
            trouble=trouble,
            settle_seconds=case.settle_seconds,
        )

        async def live(_client: SimClient) -> None:
            try:
                await phases.run()
            finally:
                simulation.end()

        task = simulation.call(live)
        try:
            result = simulation.run()
        finally:
            loop.ended = True
            outside.bury()
        if not task.done():
            harness.write("interrupted", reason=f"the simulation came to no end: {result.ended.value}")
        elif (error := task.exception()) is not None:
            while isinstance(error, BaseExceptionGroup):
                error = error.exceptions[0]
            if isinstance(error, AssayError):
                raise error
            raise HarnessDefect(f"seed {case.seed}: the phases of the simulation broke: {error!r}") from error
        for run in server.runs.values():
            _replay(simulation, run, harness)
        company.close()
    lines = sorted([*harness.lines, *workers.lines, *company.lines], key=lambda line: line["at_seconds"])
    record = record_of(info_of(case, "simulate"), lines, workload.describe(), dict(company.attachments))
    return replace(record, faults=faults_of(trouble.notes, list(watch.attempts), watch.deaths, now())), result, trouble


def _site(company: Company, simulation: Simulation, kit: Kit, journal: MemoryJournal) -> CompanySite:
    """What the harness itself asks always comes through."""
    server = simulation.server
    calm = SimClient(Calls(server, Drawn(0, CALM)), kit.converter, "harness")
    return CompanySite(
        client=HarnessClient(calm, server),
        environment=company.environment,
        world_ports=company.world_ports,
        http=httpx.AsyncClient(transport=company.http),
        journal=journal,
    )


def _begins(seed: int) -> float:
    draw = Seed(seed).stream("trouble")
    return round(draw.uniform(0.0, BEGINS_LATEST_SECONDS), 3) if draw.random() < LATE_SHARE else 0.0


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
