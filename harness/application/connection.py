"""Connects an application to Temporal: to the server that the environment names, and as the application wants it."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

import temporalio.client
import temporalio.envconfig

from harness.application.contract import Application

DEFAULT_ADDRESS = "localhost:7233"
LET_GO_SECONDS = 1.0
"""The SDK's own thread needs the interpreter once more after a connection that failed or was given up. A process that
ends before is aborted (SIGABRT) instead of ending with its code: temporalio/sdk-python issue 300."""


async def connect(app: Application, variables: Mapping[str, str], **options: Any) -> temporalio.client.Client:
    """Connect as the application's own processes do in this environment (``TEMPORAL_*``, profiles included).

    :param options: of the client, beside those of the application.
    :raises RuntimeError: when the server cannot be reached.
    """
    named = temporalio.envconfig.ClientConfig.load_client_connect_config(override_env_vars=dict(variables))
    asked = {"target_host": DEFAULT_ADDRESS, **named, **app.client_options, "data_converter": app.data_converter}
    try:
        return await temporalio.client.Client.connect(**{**asked, **options})
    except (RuntimeError, asyncio.CancelledError):
        await asyncio.sleep(LET_GO_SECONDS)
        raise


def address_of(variables: Mapping[str, str]) -> str:
    """``host:port`` of the frontend that an environment names."""
    named = temporalio.envconfig.ClientConfig.load_client_connect_config(override_env_vars=dict(variables))
    return named.get("target_host") or DEFAULT_ADDRESS
