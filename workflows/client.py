"""The connection to Temporal: one client in each process, made from the settings, with our data converter.

Keep-alive finds a dead connection within 17 s. It does not ping more often than every 10 s, which is the least that the
Temporal frontend permits (``frontend.keepAliveMinTime``) before it closes the connection.
"""

from __future__ import annotations

from temporalio.client import Client, KeepAliveConfig

from workflows.converter import data_converter
from workflows.settings import Settings

DEFAULT_ADDRESS = "localhost:7233"

KEEP_ALIVE = KeepAliveConfig(interval_millis=12_000, timeout_millis=5_000)


async def connect(settings: Settings, *, lazy: bool = False) -> Client:
    """Connect as the settings say.

    :param lazy: connect at the first call, so that a process can start while Temporal is away; workers cannot.
    :raises RuntimeError: when the server cannot be reached and ``lazy`` is not set.
    """
    profile = settings.temporal.to_client_connect_config()
    profile.setdefault("target_host", DEFAULT_ADDRESS)
    return await Client.connect(**profile, data_converter=data_converter, keep_alive_config=KEEP_ALIVE, lazy=lazy)
