"""Free loopback ports for stacks that run side by side."""

from __future__ import annotations

import contextlib
import socket

import psutil

from harness.errors import EnvironmentMissing


def free_ports(count: int) -> list[int]:
    """``count`` distinct loopback ports that nobody listens on now.

    All are held open until the last is drawn, so they are distinct; between this call and the listener's bind another
    process could still take one, which the listener then reports by name.
    """
    with contextlib.ExitStack() as stack:
        ports = []
        for _ in range(count):
            listener = stack.enter_context(socket.socket(socket.AF_INET, socket.SOCK_STREAM))
            listener.bind(("127.0.0.1", 0))
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
