"""The site: what operations and faults of a run may touch, handed to them as one value."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import httpx
import temporalio.client

from harness.experiment.fleet import Fleet
from harness.experiment.world import WorldControl
from harness.record.journal import Journal, read_journal
from harness.record.reader import attempts_of
from harness.record.record import Attempt
from harness.stack.containers.network import Attachment
from harness.stack.insides import Insides
from harness.stack.links.links import Link
from harness.stack.processes.restart import Singles


class Caller(Protocol):
    """What an operation has to ask the application with. A site is one; a load generator has one of its own.

    ``environment`` is what the application's processes were given; ``world_ports`` maps the world's services to ports.
    """

    @property
    def environment(self) -> Mapping[str, str]:
        """See above."""

    @property
    def world_ports(self) -> Mapping[str, int]:
        """See above."""

    @property
    def http(self) -> httpx.AsyncClient:
        """The one HTTP client of all callers in this process, because making one is expensive."""

    @property
    def journal(self) -> Journal:
        """Where what is asked and answered is written."""


@dataclass(frozen=True)
class Site:
    """A stack that is up, with the application and its world running on it.

    ``environment`` is what the application's processes were given; ``world_ports`` maps the world's services to ports;
    ``singles`` are the processes of which there is one each; ``folder`` is the run directory; ``http`` is the one HTTP
    client of all callers: making one is expensive. ``links`` are the connections that can be broken, by name; there
    are none where nothing stands between the parts. ``insides`` is what lies behind them, ``None`` where nobody is let
    in. ``attachments`` are what ties a process to its network, by its name, where that can be cut. ``shown`` says what
    a person may open, and where. ``worked_at_seconds`` is when a first workflow was completed (CLOCK_MONOTONIC),
    ``None`` where none was tried. ``work_over`` is set when no more work comes: what waits for a milestone of the work
    waits no longer. ``faults_over`` is set when every fault of the plan is healed.
    """

    client: temporalio.client.Client
    environment: Mapping[str, str]
    fleet: Fleet
    journal: Journal
    folder: Path
    http: httpx.AsyncClient
    singles: Singles
    world: WorldControl | None
    world_ports: Mapping[str, int]
    links: Mapping[str, Link] = field(default_factory=dict)
    shown: Mapping[str, str] = field(default_factory=dict)
    insides: Insides | None = None
    attachments: Mapping[str, Attachment] = field(default_factory=dict)
    worked_at_seconds: float | None = None
    work_over: asyncio.Event = field(default_factory=asyncio.Event)
    faults_over: asyncio.Event = field(default_factory=asyncio.Event)

    def attempts(self, worker: str) -> tuple[Attempt, ...]:
        """The activity attempts that the worker of this name has logged so far."""
        log = self.folder / "journal" / f"{worker}.jsonl"
        return attempts_of(read_journal(log)) if log.is_file() else ()
