"""The phases of a run, in virtual time: the same as those of ``harness.run``, on the same workload, in the same order.

bring up → steady state → work with faults → heal → settle → final reads. Faults need no nemesis here: they strike
wherever the choices say so, from the first message on, until all is healed.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any, cast

import httpx

from harness.experiment.site import Site
from harness.experiment.standstill import help_at_a_standstill
from harness.experiment.workload import Workload, drive
from harness.record.history_endings import ending_of
from harness.record.history_reader import facts_of, policies_of, status_of
from harness.record.history_states import state_of
from harness.record.memory_journal import MemoryJournal
from harness.sim.server.execution import Execution
from harness.sim.server.server import Server
from harness.simulate.trouble import Trouble
from harness.simulate.visibility import HarnessClient

LOOK_SECONDS = 1.0


@dataclass(frozen=True)
class SimulatedSite:
    """The part of a ``Site`` that workloads use; nothing of it is a process."""

    client: HarnessClient
    environment: Mapping[str, str]
    world_ports: Mapping[str, int]
    http: httpx.AsyncClient
    journal: MemoryJournal
    world: None = None
    faults_over: asyncio.Event = field(default_factory=asyncio.Event)
    work_over: asyncio.Event = field(default_factory=asyncio.Event)


@dataclass(frozen=True)
class Phases:
    """One run of a workload.

    :param status_attribute: the application's own state, a search attribute.
    """

    workload: Workload
    site: SimulatedSite
    server: Server
    trouble: Trouble
    settle_seconds: float
    status_attribute: str | None
    subject_of: Callable[[str], str]

    async def run(self) -> None:
        """All of them."""
        site, journal = cast(Site, self.site), self.site.journal
        with _phase(journal, "bring-up"):
            pass
        with _phase(journal, "steady-state"):
            await self.workload.prepare(site)
            await drive(self.workload.canaries(), site)
            journal.write("steady-state", reached=True)
        with _phase(journal, "work"):
            await self._work(site)
        with _phase(journal, "heal"):
            self.trouble.heal()
            site.faults_over.set()
        with _phase(journal, "settle"):
            await self._settle(site)
        with _phase(journal, "final-reads"):
            await self._read(site)

    async def _work(self, site: Site) -> None:
        helping = asyncio.create_task(help_at_a_standstill(self._progress, partial(self.workload.settle, site)))
        try:
            await drive(self.workload.operations(), site)
            # What has been begun goes on while things break, as far as it does by itself.
            before = self._progress()
            await asyncio.sleep(LOOK_SECONDS)
            while self._open() and (now := self._progress()) != before:
                before = now
                await asyncio.sleep(LOOK_SECONDS)
        finally:
            helping.cancel()

    def _progress(self) -> tuple[int, int]:
        return len(self.server.runs), sum(len(run.history.events) for run in self.server.runs.values())

    def _open(self) -> bool:
        return any(run.open for run in self.server.runs.values())

    async def _settle(self, site: Site) -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(self.settle_seconds):
                # Nobody tells when something is held.
                while not await self.workload.settle(site) or self._open():  # noqa: ASYNC110
                    await asyncio.sleep(LOOK_SECONDS)

    async def _read(self, site: Site) -> None:
        """Every execution and its history, and what the application shows of it."""
        journal = site.journal
        policies: list[dict[str, Any]] = []
        for run in self.server.runs.values():
            policies += [each for each in policies_of(run.history.events) if each not in policies]
            await self._read_run(run, journal)
        for policy in sorted(policies, key=lambda policy: str(policy["activity"])):
            journal.write("policy", **policy)
        for subject, detail in (await self.workload.read_back(site)).items():
            journal.write("shown", subject=subject, detail=dict(detail))

    async def _read_run(self, run: Execution, journal: Any) -> None:
        events, attribute = run.history.events, self.status_attribute
        ids = {"workflow_id": run.workflow_id, "run_id": run.run_id, "subject": self.subject_of(run.workflow_id)}
        journal.write("history-facts", **ids, **facts_of(events, attribute))
        result, failure = await ending_of(self.site.client.client.data_converter, events[-1])
        journal.write(
            "execution",
            **ids,
            workflow_type=run.options.workflow_type,
            status=status_of(events),
            result=result,
            state=state_of(events, attribute) if attribute else None,
            failure=failure,
            history_length=len(events),
        )


@contextlib.contextmanager
def _phase(journal: MemoryJournal, name: str) -> Iterator[None]:
    journal.write("phase", name=name, event="entered")
    yield
    journal.write("phase", name=name, event="left")
