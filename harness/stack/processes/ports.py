"""Ports: free ones on loopback for stacks that run side by side, and the known ones of a stack brought up by hand."""

from __future__ import annotations

import atexit
import contextlib
import os
import random
import socket
from dataclasses import dataclass, field

import psutil

from harness.errors import EnvironmentMissing

RANGE = range(10_000, 32_768)
BLOCK_PORTS = 64
BLOCKS = tuple(range(start, start + BLOCK_PORTS) for start in range(RANGE.start, RANGE.stop - BLOCK_PORTS, BLOCK_PORTS))


@dataclass(frozen=True)
class FixedPorts:
    """The ports of a stack that a person brings up by hand: the guide's, then those that a person has to know too.

    ``metrics`` is the first of as many ports as there are server processes (of which the dev server is one),
    ``worker_metrics`` of as many as workers.
    """

    temporal: int = 7233
    postgres: int = 5433
    ui: int = 8088
    toxiproxy: int = 8474
    metrics: int = 9101
    worker_metrics: int = 9201


@dataclass
class _Held:
    """The blocks of one process: the sockets that hold them, and the ports in them that were not given out yet."""

    pid: int
    locks: list[socket.socket] = field(default_factory=list)
    left: list[int] = field(default_factory=list)


_held = _Held(os.getpid())


@atexit.register
def _let_go() -> None:
    for lock in _held.locks:
        lock.close()


def free_ports(count: int) -> list[int]:
    """``count`` loopback ports that nobody listens on, and that no other call gets, here or in another process.

    A port that is free when it is chosen can be taken before its listener binds it, and again while a listener that was
    killed is down. So each process holds whole blocks of ports, by a socket bound to the first port of each (which the
    kernel lets go of with the process), and gives each of the others out once. The blocks lie below the range from
    which the kernel serves outgoing connections; and Temporal keeps its members' ports in 16 bits with a sign when its
    database is PostgreSQL.

    :raises EnvironmentMissing: the range is exhausted.
    """
    global _held
    if _held.pid != os.getpid():  # a forked child must not give out what its parent does
        _held = _Held(os.getpid())
    ports: list[int] = []
    while len(ports) < count:
        if not _held.left:
            _held.left = _take_block(_held.locks)
        port = _held.left.pop()
        if _is_free(port):
            ports.append(port)
    return ports


def _take_block(locks: list[socket.socket]) -> list[int]:
    """Hold one more block; its ports but the first."""
    for block in random.sample(BLOCKS, len(BLOCKS)):
        lock = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        try:
            lock.bind(("127.0.0.1", block[0]))
        except OSError:
            lock.close()
            continue
        locks.append(lock)
        return list(block[1:])
    raise EnvironmentMissing(
        f"all {len(BLOCKS)} blocks of ports between {RANGE.start} and {RANGE.stop - 1} on loopback are held; "
        "end the tests and stacks that hold them"
    )


def _is_free(port: int) -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe, contextlib.suppress(OSError):
        probe.bind(("127.0.0.1", port))
        return True
    return False


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
