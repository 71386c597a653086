"""What a project brings to be simulated, found by name (``[tool.assay] simulated``): its companies and their work."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import httpx
from temporalio.client import Client

from harness.application.offered import offered_by
from harness.experiment.workload import Workload
from harness.judge.check import Check
from harness.record.lines import Line
from harness.sim.client.client import SimClient
from harness.simulate.outside import Outside
from harness.simulate.trouble import Trouble


@dataclass(frozen=True)
class Around:
    """What a company in memory stands in: a simulation, or a real server's time.

    :param monotonic: the record's time; ``unix``: seconds since 1970.
    :param client: the API's way to the workflows.
    :param trouble: what goes wrong with requests to the world.
    """

    monotonic: Callable[[], float]
    unix: Callable[[], float]
    outside: Outside
    client: SimClient | Client
    trouble: Trouble


class Company(Protocol):
    """The application of one simulation, bound to a world in memory."""

    @property
    def activities(self) -> Sequence[Callable[..., Any]]:
        """All of them, bound."""

    @property
    def environment(self) -> Mapping[str, str]:
        """What the application's processes would be given."""

    @property
    def world_ports(self) -> Mapping[str, int]:
        """Service of the world → port."""

    @property
    def http(self) -> httpx.AsyncBaseTransport:
        """The way of callers to the API and to the world."""

    @property
    def lines(self) -> Sequence[Line]:
        """The world's journal."""

    @property
    def attachments(self) -> Mapping[str, bytes]:
        """What came with effects: digest → bytes."""

    def close(self) -> None:
        """Give its memory back."""


class Family(Protocol):
    """A family of workflows as it is simulated."""

    @property
    def name(self) -> str:
        """As on the command line."""

    @property
    def checks(self) -> Sequence[Check]:
        """What every simulation is judged by."""

    @property
    def settle_seconds(self) -> float:
        """How long everything has to end once all is healed."""

    def company(self, around: Around) -> Company:
        """A company to which nothing has happened yet."""

    def workload(self, seed: int, without: frozenset[str]) -> Workload:
        """What the customers of the seed's company do.

        :param without: subjects that are left out, with all that is done with them.
        """

    def world_fails(self, seed: int) -> bool:
        """Whether the world of the seed's company fails, too, where every activity is cut."""


class Simulated(Protocol):
    """What the module offers as ``simulated``."""

    @property
    def families(self) -> Sequence[Family]:
        """All that can be simulated."""

    @property
    def faults(self) -> tuple[str, ...]:
        """The kinds of fault of its world."""


@dataclass(frozen=True)
class Ground:
    """Where engines are compared: in a simulation, or on a server.

    :param monotonic: seconds that only grow; ``unix``: seconds since 1970. Both by the engine's clock.
    :param outside: does the world's work; ``None`` on a server, where the event loop does it.
    """

    monotonic: Callable[[], float]
    unix: Callable[[], float]
    outside: Outside | None = None


class BareRun(Protocol):
    """One workflow type on ports in memory, with whoever begins executions of it."""

    @property
    def activities(self) -> Sequence[Callable[..., Any]]:
        """All that its executions call, bound."""

    @property
    def lines(self) -> Sequence[Line]:
        """The world's journal; empty where there is no world."""

    async def execute(self, client: Client, task_queue: str, name: str, length: int) -> None:
        """Begin one execution and wait for its end, which may not need time to pass.

        :param name: of the execution; no other has it.
        :param length: what can be repeated in it is done so many times.
        :raises Exception: it did not end as it has to.
        """

    def close(self) -> None:
        """Give its memory back."""


class Bare(Protocol):
    """One workflow type with no more around it than it needs: what engines are compared by (`assay bench engines`)."""

    @property
    def queue(self) -> str:
        """The application's task queue that has it."""

    def begin(self, ground: Ground) -> BareRun:
        """A run in which nothing has been executed yet."""


def bare_of(family: Family) -> Bare | None:
    """What the family offers as ``bare``; ``None`` for most, which offer nothing."""
    bare: Bare | None = getattr(family, "bare", None)
    return bare


def load_simulated(name: str) -> Simulated:
    """Import the module ``name`` and return its ``simulated``.

    :raises UsageError: it cannot be imported, or offers none, or that is none.
    """
    simulated: Simulated = offered_by(name, "simulated", "simulated", ("families", "faults"))
    return simulated
