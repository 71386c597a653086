"""What every stack is asked for and what it offers: the seam between bring-up and `dev`, `full`, `external`.

world's ports ──> StackRequest ──> a stack comes up ──> Endpoints ──> the application's environment
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Coroutine, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from harness.stack.containers.network import Attachment
from harness.stack.insides import Insides
from harness.stack.links.links import Link
from harness.stack.processes.ports import FixedPorts
from harness.stack.processes.process import Processes
from harness.stack.processes.restart import Singles
from harness.stack.profile import Cluster

NAMESPACE = "default"


async def _nothing_to_wait_for() -> None:
    """For a stack that is ready as soon as it works."""


@dataclass(frozen=True)
class StackRequest:
    """What to bring up, and where.

    :param folder: the stack's data; a stack that finds its own from earlier goes on with them.
    :param root: the project, whose `temporal-config` is used where it has one.
    :param world_ports: service of the world → the port on which it listens, or will.
    :param search_attributes: name → Temporal type.
    :param fixed_ports: ``None`` takes free ones, so that many stacks can be up at once.
    :param server_processes: how many processes of a server role there are; one of each that is not named.
    :param queues: the application's task queues.
    :param cluster: the cluster that somebody else runs, for the stack `external` alone.
    """

    processes: Processes
    singles: Singles
    folder: Path
    root: Path
    world_ports: Mapping[str, int]
    search_attributes: Mapping[str, str]
    fixed_ports: FixedPorts | None = None
    server_processes: Mapping[str, int] = field(default_factory=dict)
    queues: Collection[str] = ()
    cluster: Cluster | None = None


@dataclass(frozen=True)
class Endpoints:
    """Where a stack that is up is reached, and by whom.

    :param frontend: ``host:port`` for the harness itself: no link stands in between, so that what watches a run is not
        broken with it.
    :param client: ``host:port`` for the application's own services, such as its API, and for a person.
    :param worker: ``host:port`` for the application's workers.
    :param world_ports: service of the world → the port by which the application reaches it.
    :param books: a URL ``postgresql://...`` of a database for the application; ``None`` where the stack has none.
    :param links: the connections that can be broken, by name.
    :param insides: what lies behind the links; ``None`` where nobody is let in.
    :param attachments: process → what ties it to its network, of those for which that can be cut.
    :param namespace: the one that the application runs in.
    :param client_options: what a client of that namespace is opened with beside the address; may hold secrets.
    :param connection: variables for the application's processes alone, such as an API key; nothing writes them down.
    :param shown: what a person may want to open: what it is → where it is.
    :param worked_at_seconds: when a first workflow was completed, by CLOCK_MONOTONIC; ``None`` where none was tried.
    :param wait_until_ready: waits until every part says that it serves. The stack works before that, so the application
        can be started meanwhile; a site is up only after it.
    """

    frontend: str
    client: str
    worker: str
    world_ports: Mapping[str, int]
    books: str | None = None
    links: Mapping[str, Link] = field(default_factory=dict)
    insides: Insides | None = None
    attachments: Mapping[str, Attachment] = field(default_factory=dict)
    namespace: str = NAMESPACE
    client_options: Mapping[str, Any] = field(default_factory=dict, repr=False)
    connection: Mapping[str, str] = field(default_factory=dict, repr=False)
    shown: Mapping[str, str] = field(default_factory=dict)
    worked_at_seconds: float | None = None
    wait_until_ready: Callable[[], Coroutine[None, None, None]] = field(default=_nothing_to_wait_for, repr=False)
