"""A small application to simulate: a workflow that pays, an activity that forgets to say that it did it before.

The world keeps what was paid. ``careless`` pays again at each attempt; ``careful`` has a key.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import httpx
from temporalio import activity, workflow
from temporalio.worker import UnsandboxedWorkflowRunner

from harness.experiment.site import Caller
from harness.experiment.workload import Answer, PlannedOperation
from harness.record.memory_journal import MemoryJournal
from harness.record.record import Outcome, Record
from harness.simulate.binding import Around
from harness.verdict import CheckResult, Finding, Verdict

QUEUE = "toy"


@workflow.defn
class Paying:
    """Pays once."""

    @workflow.run
    async def run(self, name: str) -> str:
        """Pay for it."""
        await workflow.execute_activity("look", start_to_close_timeout=timedelta(seconds=30))
        return str(
            await workflow.execute_activity(
                "pay", name, start_to_close_timeout=timedelta(seconds=30), heartbeat_timeout=timedelta(seconds=5)
            )
        )


@dataclass(frozen=True)
class ToyCompany:
    """See ``harness.simulate.binding.Company``."""

    around: Around
    journal: MemoryJournal
    careful: bool
    paid: set[str] = field(default_factory=set)
    environment: Mapping[str, str] = field(default_factory=dict)
    world_ports: Mapping[str, int] = field(default_factory=dict)
    attachments: Mapping[str, bytes] = field(default_factory=dict)

    @property
    def http(self) -> httpx.AsyncBaseTransport:
        """Nobody is there."""
        return httpx.MockTransport(lambda request: httpx.Response(404))

    @property
    def lines(self) -> Sequence[Mapping[str, Any]]:
        """What was paid."""
        return self.journal.lines

    @property
    def activities(self) -> Sequence[Callable[..., Any]]:
        """Looking and paying."""

        @activity.defn
        async def look() -> None:
            await asyncio.sleep(0.01)

        @activity.defn
        async def pay(name: str) -> str:
            await self.around.outside.to_the_end(self._pay(name))
            return name

        return [look, pay]

    async def _pay(self, name: str) -> None:
        await asyncio.sleep(0.01)
        if self.careful and name in self.paid:
            return
        self.paid.add(name)
        number = str(len(self.journal.lines) + 1)
        told: dict[str, Any] = {
            "service": "bank",
            "operation": "pay",
            "key": None,
            "reference": name,
            "digest": "",
            "detail": {},
        }
        self.journal.write("effect", effect_id=number, effect_kind="payment", attempt_id=None, **told)

    def close(self) -> None:
        """Nothing to give back."""


@dataclass(frozen=True)
class ToyWorkload:
    """Has three things paid for."""

    without: frozenset[str]

    def describe(self) -> Mapping[str, Any]:
        """Their names."""
        return {"names": [each.subject for each in self.operations()]}

    async def prepare(self, site: Any) -> None:
        """Nothing."""

    def canaries(self) -> Sequence[PlannedOperation]:
        """None."""
        return ()

    def operations(self) -> Sequence[PlannedOperation]:
        """One start for each."""
        names = [name for name in ("a", "b", "c") if not {name, f"start/{name}"} & self.without]
        return [PlannedOperation(f"start/{name}", "start", name, 1.0, _start(name), workflow_id=name) for name in names]

    async def settle(self, site: Any) -> bool:
        """Nothing is outside."""
        return True

    async def read_back(self, site: Any) -> Mapping[str, Mapping[str, Any]]:
        """Nothing is shown."""
        return {}


def _start(name: str) -> Callable[[Caller], Any]:
    async def start(site: Any) -> Answer:
        await site.client.start_workflow(Paying.run, name, id=name, task_queue=QUEUE)
        return Answer(Outcome.OK)

    return start


@dataclass(frozen=True)
class OnceCheck:
    """Each is paid for once."""

    name: str = "once"

    def __call__(self, record: Record) -> CheckResult:
        """Count."""
        paid = [effect.reference for effect in record.effects]
        twice = sorted({name for name in paid if paid.count(name) > 1})
        missing = sorted(set(record.input["names"]) - set(paid))
        found = tuple(Finding(name, "was paid for twice") for name in twice)
        found += tuple(Finding(name, "was never paid for") for name in missing)
        verdict = Verdict.INVALID if found else Verdict.VALID if paid else Verdict.UNKNOWN
        return CheckResult(self.name, verdict, f"{len(paid)} payments", found)


@dataclass(frozen=True)
class Toy:
    """See ``harness.simulate.binding.Family``."""

    name: str
    careful: bool
    checks: tuple[OnceCheck, ...] = (OnceCheck(),)
    settle_seconds: float = 60.0

    def company(self, around: Around) -> ToyCompany:
        """One with nothing paid."""
        return ToyCompany(around, MemoryJournal("world", around.monotonic), self.careful)

    def workload(self, seed: int, without: frozenset[str]) -> ToyWorkload:
        """The same for every seed."""
        return ToyWorkload(without)

    def world_fails(self, seed: int) -> bool:
        """It has no faults."""
        return False


@dataclass(frozen=True)
class Queue:
    """See ``harness.application.contract``."""

    workflows: tuple[type, ...] = (Paying,)
    activities: tuple[str, ...] = ("look", "pay")


@dataclass(frozen=True)
class ToyApp:
    """See ``harness.application.contract``."""

    queues: Mapping[str, Queue]
    worker_options: Mapping[str, Any] = field(default_factory=lambda: {"workflow_runner": UnsandboxedWorkflowRunner()})

    def activities(self, ports: Any) -> Sequence[Callable[..., Any]]:
        """Those of a company."""
        return ()


@dataclass(frozen=True)
class ToySimulated:
    """See ``harness.simulate.binding.Simulated``."""

    families: tuple[Toy, ...] = (Toy("careless", careful=False), Toy("careful", careful=True))
    faults: tuple[str, ...] = ()


app = ToyApp({QUEUE: Queue()})
simulated = ToySimulated()
