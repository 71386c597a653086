"""The phases of a run, in virtual time: the same as those of ``harness.run``, on the same workload, in the same order.

bring up → steady state → work with faults → heal → settle → final reads. Faults need no nemesis here: they strike
wherever the choices say so, from the first message on, until all is healed.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import NoReturn, Protocol, cast

import httpx
from temporalio.client import Client

from harness.experiment.site import Site
from harness.experiment.standstill import help_at_a_standstill
from harness.experiment.workload import Workload, drive
from harness.record.memory_journal import MemoryJournal
from harness.sim.refusal import NotSimulated
from harness.simulate.trouble import Trouble
from harness.simulate.visibility import HarnessClient

LOOK_SECONDS = 1.0


class Runs(Protocol):
    """The executions of one company, wherever they run."""

    def accepted(self, workflow_id: str) -> None:
        """An operation has begun this one."""

    def progress(self) -> object:
        """Something that changes as long as anything goes on."""

    def open(self) -> bool:
        """Whether one of them has not ended."""

    async def read(self, journal: MemoryJournal) -> None:
        """Every execution and its history, and the policies in them."""


@dataclass(frozen=True)
class CompanySite:
    """The part of a ``Site`` that workloads use; nothing of it is a process."""

    client: HarnessClient | Client
    environment: Mapping[str, str]
    world_ports: Mapping[str, int]
    http: httpx.AsyncClient
    journal: MemoryJournal
    world: None = None
    faults_over: asyncio.Event = field(default_factory=asyncio.Event)
    work_over: asyncio.Event = field(default_factory=asyncio.Event)

    def __getattr__(self, name: str) -> NoReturn:
        """What a real site has beside it.

        :raises NotSimulated: always, but of what is Python's own.
        """
        if name.startswith("_"):
            raise AttributeError(name)
        raise NotSimulated(f"site.{name} is not simulated; a workload does without it")


@dataclass(frozen=True)
class Phases:
    """One run of a workload."""

    workload: Workload
    site: CompanySite
    runs: Runs
    trouble: Trouble
    settle_seconds: float

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
        helping = asyncio.create_task(help_at_a_standstill(self.runs.progress, partial(self.workload.settle, site)))
        try:
            await drive(self.workload.operations(), site, on_accepted=self.runs.accepted)
            # What has been begun goes on while things break, as far as it does by itself.
            before = self.runs.progress()
            await asyncio.sleep(LOOK_SECONDS)
            while self.runs.open() and (now := self.runs.progress()) != before:
                before = now
                await asyncio.sleep(LOOK_SECONDS)
        finally:
            helping.cancel()

    async def _settle(self, site: Site) -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(self.settle_seconds):
                # Nobody tells when something is held.
                while not await self.workload.settle(site) or self.runs.open():  # noqa: ASYNC110
                    await asyncio.sleep(LOOK_SECONDS)

    async def _read(self, site: Site) -> None:
        """Every execution and its history, and what the application shows of it."""
        await self.runs.read(self.site.journal)
        for subject, detail in (await self.workload.read_back(site)).items():
            site.journal.write("shown", subject=subject, detail=dict(detail))


@contextlib.contextmanager
def _phase(journal: MemoryJournal, name: str) -> Iterator[None]:
    journal.write("phase", name=name, event="entered")
    yield
    journal.write("phase", name=name, event="left")
