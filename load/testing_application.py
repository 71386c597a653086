"""The real application for tests: dev server, worker, API and the world's services on free ports, and locust on it.

Data flow: a test → **testing_application** → ``harness.experiment.bring_up``, as for `assay up`, and
`testing_runs`. What is started belongs to the run id of the tests, whose watchdog ends it when their process is gone.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path

from harness.application.contract import load_application
from harness.config import load_config
from harness.experiment.bring_up import Blueprint, site_up
from harness.experiment.site import Site
from harness.experiment.world import load_world
from harness.load.testing_runs import ROOT, Ended, run, watched
from harness.record.journal import FileJournal

SEED = 1


@contextlib.asynccontextmanager
async def application_up(folder: Path) -> AsyncIterator[Site]:
    """Bring the application of this project up with one worker, and take it down with the context."""
    config = load_config(ROOT)
    assert config.world is not None
    blueprint = Blueprint(
        run_id=watched(),
        seed=SEED,
        folder=folder,
        root=config.root,
        version_folder=config.root,
        app=load_application(config.app),
        world=load_world(config.world),
        workers=1,
    )
    async with site_up(blueprint, FileJournal(folder / "journal" / "harness.jsonl", "harness")) as site:
        yield site


def addresses_of(site: Site) -> tuple[str, ...]:
    """The options that point a load test at it."""
    environment = site.environment
    return (
        *("--temporal-address", environment["TEMPORAL_ADDRESS"]),
        *("--api-address", environment["TRAF3LI_API_ADDRESS"]),
        *("--payments-url", environment["TRAF3LI_PAYMENTS_URL"]),
    )


async def run_on(site: Site, folder: Path, file: str, *options: str) -> Ended:
    """Run locust on it to its end. Later options win over the addresses."""
    return await asyncio.to_thread(run, folder, file, (*addresses_of(site), *options))
