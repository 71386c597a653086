"""The one client of a process, behind the bridge: made when a test starts, never when the locustfile is imported.

Data flow: target → **connection** → ``operations``. locust imports the file first and forks afterwards
(``--processes``), and a client does not survive a fork: calls of the child would wait for ever, and killed users would
pass for quick successes. The bridge refuses another process than its own. HTTP goes without the bridge: its
sockets are gevent's.
"""

from __future__ import annotations

from collections.abc import Coroutine
from dataclasses import dataclass
from typing import Any, TypeVar

import httpx
from temporalio.client import Client
from temporalio.service import RPCError

from harness.application.connection import connect
from harness.errors import EnvironmentMissing
from harness.load.client.bridge import Bridge
from harness.load.client.target import Target

Value = TypeVar("Value")

CONNECT_TIMEOUT_SECONDS = 10.0


@dataclass(frozen=True)
class Connection:
    """A client of Temporal and one of HTTP. Whoever opened it closes it."""

    target: Target
    bridge: Bridge
    client: Client
    http: httpx.Client

    def call(self, work: Coroutine[Any, Any, Value], *, timeout_seconds: float) -> Value:
        """Run something of the client's in its thread and wait for it. :raises TimeoutError: when the time is over."""
        return self.bridge.call(work, timeout_seconds=timeout_seconds)

    def close(self) -> None:
        """End the thread and every open call."""
        self.http.close()
        self.bridge.close()


def open_connection(target: Target) -> Connection:
    """Connect.

    :raises EnvironmentMissing: the server cannot be reached; says where it was looked for.
    """
    bridge = Bridge()
    try:
        client = bridge.call(connect(target.app, target.variables), timeout_seconds=CONNECT_TIMEOUT_SECONDS)
    except (RuntimeError, RPCError, TimeoutError) as error:
        bridge.close()
        raise EnvironmentMissing(
            f"Temporal at {target.temporal_address} cannot be reached ({error}); "
            "`assay up` brings a stack up, --temporal-address names another server"
        ) from error
    except BaseException:
        bridge.close()
        raise
    # As many connections as there are users: a queue in here would be measured as the system's.
    limits = httpx.Limits(max_connections=None, max_keepalive_connections=200)
    return Connection(target, bridge, client, httpx.Client(limits=limits, trust_env=False))
