"""Temporal's server in its four roles, each a process of its own, as a production cluster runs them.

    frontend   what clients and workers talk to        history    owns the executions, in shards
    matching   holds the task queues                   worker     the server's own workflows ("internal-worker" here)

More than one process of a role is possible; they find each other through the database. Ready is what a role says of
itself by gRPC's health protocol (`grpc.health.v1.Health/Check`), asked at its own port: the frontend says SERVING while
the others are dead, so that alone proves little, and `harness.stack.full` also wants a completed workflow.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from pathlib import Path

import temporalio.service
from temporalio.service import RPCError

from harness.errors import EnvironmentMissing, UsageError
from harness.poll import eventually
from harness.stack.processes.ports import free_ports
from harness.stack.processes.process import ManagedProcess, Processes, last_lines
from harness.stack.programs.binaries import find_binary
from harness.stack.server_config import ROLES, TEMPLATE, RolePorts, render_server_config

INTERNAL_WORKER = "internal-worker"
# What each role calls itself in the health protocol; read from the server's sources, service/*/service.go.
HEALTH_SERVICES = {
    "frontend": "temporal.api.workflowservice.v1.WorkflowService",
    "history": "temporal.api.workflowservice.v1.HistoryService",
    "matching": "temporal.api.workflowservice.v1.MatchingService",
    "worker": "temporal.api.workflowservice.v1.WorkerService",
}
# A history process says SERVING 5 s after it holds all shards that the ring of members deals it, and never while it is
# dealt none (numHistoryShards in temporal-config/); what it could not take in one round it tries again after a minute
# (history.acquireShardInterval). Read from the server's sources, service/history/{service.go,shard/controller_impl.go}.
SERVING_TIMEOUT_SECONDS = 120.0


@dataclass(frozen=True)
class Role:
    """One server process: the ``number``-th of its role, counted from 1."""

    role: str
    number: int
    ports: RolePorts

    @property
    def name(self) -> str:
        """Its name among the processes of the stack; the application's workers are workers already."""
        stem = INTERNAL_WORKER if self.role == "worker" else self.role
        return stem if self.number == 1 else f"{stem}-{self.number}"

    @property
    def address(self) -> str:
        """Where it listens for gRPC."""
        return f"127.0.0.1:{self.ports.grpc}"


@dataclass(frozen=True)
class Cluster:
    """All server processes of a stack and what they share.

    :param config: the folder of the templates; ``postgres_address`` is how every process reaches the database.
    :param fault_injection: process name → the errors it makes of its own calls of the database once it is started the
        next time; empty but for a fault that breaks it so.
    """

    roles: tuple[Role, ...]
    config: Path
    dynamic_config: Path
    postgres_address: str
    fault_injection: dict[str, Mapping[str, object]] = field(default_factory=dict, compare=False)

    def first(self, role: str) -> Role:
        """The first process of a role."""
        return next(each for each in self.roles if each.role == role)

    def config_of(self, role: Role) -> str:
        """The configuration file of one process."""
        ports = {name: self.first(name).ports for name in ROLES} | {role.role: role.ports}
        template = (self.config / TEMPLATE).read_text(encoding="utf-8")
        return render_server_config(
            template,
            ports,
            role.role,
            postgres_address=self.postgres_address,
            dynamic_config=self.dynamic_config,
            fault_injection=self.fault_injection.get(role.name),
        )


def role_names(counts: Mapping[str, int]) -> tuple[str, ...]:
    """The names of all processes, when there are as many of each role as ``counts`` says."""
    nothing = RolePorts(0, 0, 0, 0)
    return tuple(Role(role, number, nothing).name for role, number in _numbered(counts))


def draw_roles(counts: Mapping[str, int], *, metrics_port: int | None = None) -> tuple[Role, ...]:
    """As many processes of each role as ``counts`` says, one where it says nothing, on free ports.

    :param metrics_port: the first of consecutive ports for their metrics, when these have to be known.
    """
    numbered = _numbered(counts)
    ports = iter(free_ports(4 * len(numbered)))
    drawn = []
    for place, (role, number) in enumerate(numbered):
        grpc, membership, metrics, http = (next(ports) for _ in range(4))
        metrics = metrics if metrics_port is None else metrics_port + place
        drawn.append(Role(role, number, RolePorts(grpc, membership, metrics, http)))
    return tuple(drawn)


def _numbered(counts: Mapping[str, int]) -> list[tuple[str, int]]:
    if counts.keys() - set(ROLES) or any(count < 1 for count in counts.values()):
        raise UsageError(f"a server has the roles {', '.join(ROLES)}, at least one process each; not {dict(counts)}")
    return [(role, number) for role in ROLES for number in range(1, counts.get(role, 1) + 1)]


def config_file(process: str, folder: Path) -> Path:
    """The file that a server process was, or will be, started with."""
    return folder / f"{process}.yaml"


async def start_role(
    role: Role, cluster: Cluster, processes: Processes, *, folder: Path, timeout_seconds: float = 60.0
) -> ManagedProcess:
    """Start one server process and wait until it answers for its role.

    History takes work long before it calls itself SERVING: it waits for another 5 s once it has all its shards. Whoever
    starts a stack waits for that too (`wait_until_serving`); when it is only started again, the work tells.

    :raises EnvironmentMissing: it ended or did not answer in time; the end of its log is in the message.
    """
    file = config_file(role.name, folder)
    file.write_text(cluster.config_of(role), encoding="utf-8")
    command = [str(find_binary("temporal-server")), "--config-file", str(file), "--allow-no-auth"]
    process = await processes.start(role.name, [*command, "start", "--service", role.role], folder=folder)

    async def answers() -> bool:
        if not process.alive:
            raise EnvironmentMissing(f"{role.name} ended before it served:\n{last_lines(process.log)}")
        return await is_serving(role) or role.role == "history"

    await eventually(
        answers,
        what=f"{role.name} to answer on {role.address} (log: {process.log})",
        timeout_seconds=timeout_seconds,
        ignore=(RPCError, RuntimeError),
    )
    return process


async def wait_until_serving(roles: Sequence[Role], *, timeout_seconds: float = SERVING_TIMEOUT_SECONDS) -> None:
    """Wait until every process says SERVING of its role.

    :raises WaitTimeout: one does not, in time.
    """
    for role in roles:
        await eventually(
            partial(is_serving, role),
            what=f"{role.name} on {role.address} to say that it serves",
            timeout_seconds=timeout_seconds,
            ignore=(RPCError, RuntimeError),
        )


async def is_serving(role: Role, *, timeout_seconds: float = 3.0) -> bool:
    """Whether the process says SERVING of its role; ``False`` when it says NOT_SERVING.

    :raises RPCError: it says something else, or nothing in time.
    :raises RuntimeError: nobody listens there.
    """
    config = temporalio.service.ConnectConfig(target_host=role.address, lazy=True)
    client = await temporalio.service.ServiceClient.connect(config)
    return await client.check_health(service=HEALTH_SERVICES[role.role], timeout=timedelta(seconds=timeout_seconds))
