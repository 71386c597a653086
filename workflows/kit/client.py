"""The connection to Temporal: one client in each process, made from the settings, with our data converter.

Keep-alive finds a dead connection within 17 s. It does not ping more often than every 10 s, which is the least that the
Temporal frontend permits (``frontend.keepAliveMinTime``) before it closes the connection.
"""

from __future__ import annotations

import asyncio

from temporalio.client import Client, KeepAliveConfig

from workflows.kit.converter import data_converter
from workflows.kit.settings import Settings

DEFAULT_ADDRESS = "localhost:7233"

KEEP_ALIVE = KeepAliveConfig(interval_millis=12_000, timeout_millis=5_000)

# The SDK's own thread that brings the bad news needs the interpreter once more to let go of it. A process that ends at
# once, as one without Temporal does, may be gone by then, and is aborted (SIGABRT) instead of ending with its code:
# temporalio/sdk-python issue 300. The thread needs microseconds; there is nothing to wait for that would say so.
LET_GO_SECONDS = 1.0


async def connect(settings: Settings, *, lazy: bool = False) -> Client:
    """Connect as the settings say.

    :param lazy: connect at the first call, so that a process can start while Temporal is away; workers cannot.
    :raises RuntimeError: when the server cannot be reached and ``lazy`` is not set.
    """
    profile = settings.temporal.to_client_connect_config()
    profile.setdefault("target_host", DEFAULT_ADDRESS)
    try:
        return await Client.connect(**profile, data_converter=data_converter, keep_alive_config=KEEP_ALIVE, lazy=lazy)
    except RuntimeError:
        await asyncio.sleep(LET_GO_SECONDS)
        raise
