"""The API process: ``python -m workflows.api`` serves on ``TRAF3LI_API_ADDRESS`` until SIGTERM or SIGINT."""

from __future__ import annotations

import asyncio
import logging
import signal
import sys

import uvicorn

from workflows.api.application import create_api
from workflows.app import open_resources
from workflows.families import families
from workflows.kit.client import connect
from workflows.kit.settings import Settings, SettingsError, read_settings

DRAIN_SECONDS = 10
"""How long requests that are being answered may take after SIGTERM; more than a webhook waits."""

KNOWN_TO_ALL = "change-me"
"""The webhook secret of ``.env.temporal.example``."""


async def serve(settings: Settings) -> None:
    """Open the books, make the client and serve."""
    resources = await asyncio.to_thread(open_resources, settings)
    client = await connect(settings, lazy=True)
    config = uvicorn.Config(
        create_api({family.name: family.api(resources, client) for family in families()}),
        host=settings.api.host,
        port=settings.api.port,
        log_level=settings.log_level.lower(),
        access_log=False,
        ws="none",
        timeout_graceful_shutdown=DRAIN_SECONDS,
    )
    # uvicorn drains on these signals and then raises them again, for whoever handled them before: nobody, so that an
    # orderly stop exits with 0 and not as killed.
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda _number, _frame: None)
    try:
        await uvicorn.Server(config).serve()
    finally:
        await resources.closing.aclose()


def main() -> int:
    """Entry point; 2 means that the settings cannot be used."""
    try:
        settings = read_settings()
        if not settings.webhook_secret:
            raise SettingsError("TRAF3LI_WEBHOOK_SECRET is missing: anybody could report payments")
        if settings.webhook_secret.value.strip() in ("", KNOWN_TO_ALL):
            raise SettingsError("TRAF3LI_WEBHOOK_SECRET is blank or still the example's: anybody could report payments")
    except SettingsError as error:
        print(error, file=sys.stderr)
        return 2
    logging.basicConfig(level=settings.log_level, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    asyncio.run(serve(settings))
    return 0


if __name__ == "__main__":
    sys.exit(main())
