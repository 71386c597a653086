"""The company in memory, in a simulation: its world's work is done by the simulation, in its time, with its faults."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

import httpx
from temporalio.client import Client

from harness.record.lines import Line
from harness.simulate.binding import Around
from scenarios.kit.company import Company, company
from scenarios.kit.simulated.fates import Fates
from scenarios.world.clock import Clock


@dataclass(frozen=True)
class SimulatedCompany:
    """See ``harness.simulate.binding.Company``."""

    company: Company

    @property
    def activities(self) -> Sequence[Callable[..., Any]]:
        """See ``Company``."""
        return self.company.activities

    @property
    def environment(self) -> Mapping[str, str]:
        """See ``Company``."""
        return self.company.environment

    @property
    def world_ports(self) -> Mapping[str, int]:
        """See ``Company``."""
        return self.company.world_ports

    @property
    def http(self) -> httpx.AsyncBaseTransport:
        """See ``Company``."""
        return self.company.http

    @property
    def lines(self) -> Sequence[Line]:
        """See ``Company``."""
        return self.company.world.journal.lines

    @property
    def attachments(self) -> Mapping[str, bytes]:
        """See ``Company``."""
        return self.company.world.attachments

    def close(self) -> None:
        """Give the memory of the books back."""
        closing = self.company.close()
        try:
            closing.send(None)
        except StopIteration:
            return
        raise RuntimeError("closing a company in memory waits for nothing")


def simulated_company(around: Around) -> SimulatedCompany:
    """A company to which nothing has happened yet."""
    clock = Clock(around.monotonic, around.unix, asyncio.sleep)
    fates = Fates(around.trouble, around.monotonic)
    return SimulatedCompany(company(clock, around.outside, cast(Client, around.client), faults=fates))
