"""The harness's own client of a Temporal server: quiet, checked, and quick to notice a dead connection."""

from __future__ import annotations

import functools
from datetime import timedelta

import temporalio.client
import temporalio.runtime
from temporalio.service import KeepAliveConfig

from harness.stack.endpoints import NAMESPACE


@functools.cache
def quiet_runtime() -> temporalio.runtime.Runtime:
    """The SDK's runtime without its warnings: that calls are retried is what a run is about, and no news."""
    quiet = temporalio.runtime.TelemetryFilter(core_level="ERROR", other_level="ERROR")
    logging = temporalio.runtime.LoggingConfig(filter=quiet)
    return temporalio.runtime.Runtime(telemetry=temporalio.runtime.TelemetryConfig(logging=logging))


async def open_client(address: str, **options: object) -> temporalio.client.Client:
    """A client of a server that serves, whether its namespace is there yet or not.

    The keep-alive notices a dead link in 17 s; a frontend takes pings closer than 10 s for an attack and hangs up.
    """
    return await temporalio.client.Client.connect(
        address,
        runtime=quiet_runtime(),
        keep_alive_config=KeepAliveConfig(interval_millis=12_000, timeout_millis=5_000),
        **{"namespace": NAMESPACE, **options},  # type: ignore[arg-type]
    )


async def connect_client(address: str, **options: object) -> temporalio.client.Client:
    """The same, checked against the server: it serves, and it knows the namespace."""
    client = await open_client(address, **options)
    await client.service_client.check_health(timeout=timedelta(seconds=2))
    await client.count_workflows("")
    return client
