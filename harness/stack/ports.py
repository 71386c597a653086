"""Ports: free ones on loopback for stacks that run side by side, and the known ones of a stack brought up by hand."""

from __future__ import annotations

import contextlib
import random
import socket
from dataclasses import dataclass

import psutil

from harness.errors import EnvironmentMissing

RANGE = range(10_000, 32_768)


@dataclass(frozen=True)
class FixedPorts:
    """The ports of a stack that a person brings up by hand: the guide's, then those that a person has to know too.

    ``metrics`` is the first of as many ports as there are server processes, ``worker_metrics`` of as many as workers.
    """

    temporal: int = 7233
    postgres: int = 5433
    ui: int = 8088
    toxiproxy: int = 8474
    metrics: int = 9101
    worker_metrics: int = 9201


def free_ports(count: int) -> list[int]:
    """``count`` distinct loopback ports that nobody listens on now, in no order.

    All are held open until the last is drawn, so they are distinct; between this call and the listener's bind another
    process could still take one, which the listener then reports by name. They lie below the range from which the
    kernel serves outgoing connections: a port whose listener is killed must still be free when it comes back. And
    Temporal keeps its members' ports in 16 bits with a sign when its database is PostgreSQL.

    :raises EnvironmentMissing: the range is exhausted.
    """
    candidates = random.sample(RANGE, len(RANGE))
    with contextlib.ExitStack() as stack:
        ports: list[int] = []
        while len(ports) < count:
            if not candidates:
                raise EnvironmentMissing(
                    f"no {count} free ports between {RANGE.start} and {RANGE.stop - 1} on loopback"
                )
            listener = stack.enter_context(socket.socket(socket.AF_INET, socket.SOCK_STREAM))
            with contextlib.suppress(OSError):
                listener.bind(("127.0.0.1", candidates.pop()))
                ports.append(int(listener.getsockname()[1]))
        return ports


def require_free(port: int, purpose: str) -> None:
    """Refuse to go on when somebody listens on a port that has to have this number.

    :raises EnvironmentMissing: names the port, what it is for, and the process that holds it.
    """
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            raise EnvironmentMissing(
                f"port {port} ({purpose}) is taken by {holder_of(port)}; end it, or run `assay down` if it is ours"
            ) from error


def holder_of(port: int) -> str:
    """The process that listens on a loopback port, in words."""
    for connection in psutil.net_connections(kind="tcp"):
        if connection.status == psutil.CONN_LISTEN and connection.laddr and connection.laddr.port == port:
            if connection.pid is None:
                break
            with contextlib.suppress(psutil.Error):
                return f"process {connection.pid} ({psutil.Process(connection.pid).name()})"
            return f"process {connection.pid}"
    return "a process of another user"
