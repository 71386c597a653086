"""One reading of a system: what every page of metrics says now, and what every process has used.

Data flow: `sources` → **reading** → a line of JSON → `seen`. A page that does not come in time is a gap with its
reason: whatever broke, or was broken on purpose, the load goes on.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

import httpx

from harness.errors import EnvironmentMissing
from harness.load.inside.page import WANTED, Page, page_of
from harness.load.inside.processes import ProcessReading, read_processes
from harness.load.inside.sources import Sources
from harness.stack.metrics import read_metrics

ANSWER_TIMEOUT_SECONDS = 1.5


@dataclass(frozen=True)
class Reading:
    """One reading. ``at_seconds`` is on CLOCK_MONOTONIC; ``missing`` says of pages that did not come why."""

    at_seconds: float
    pages: Mapping[str, Page] = field(default_factory=dict)
    missing: Mapping[str, str] = field(default_factory=dict)
    processes: tuple[ProcessReading, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """For a line."""
        pages = {name: page.to_json() for name, page in self.pages.items()}
        return {**asdict(self), "pages": pages}

    @staticmethod
    def from_json(content: Mapping[str, Any]) -> Reading:
        """What ``to_json`` made."""
        pages = {name: Page.from_json(page) for name, page in content["pages"].items()}
        processes = tuple(ProcessReading(**process) for process in content["processes"])
        return Reading(content["at_seconds"], pages, content["missing"], processes)


async def take_reading(
    sources: Sources, http: httpx.AsyncClient, *, generator: int | None = None, without: int = 0
) -> Reading:
    """Read everything once. It takes no longer than a page may, and a little for the processes."""
    at_seconds = time.monotonic()
    processes = read_processes(sources.root, generator, without=without)
    answers = await asyncio.gather(*(_page(http, url) for url in sources.metrics.values()))
    named = dict(zip(sources.metrics, answers, strict=True))
    return Reading(
        at_seconds,
        {name: page for name, page in named.items() if isinstance(page, Page)},
        {name: why for name, why in named.items() if isinstance(why, str)},
        processes,
    )


async def _page(http: httpx.AsyncClient, url: str) -> Page | str:
    """The page, or why there is none."""
    try:
        async with asyncio.timeout(ANSWER_TIMEOUT_SECONDS):
            return page_of(await read_metrics(http, url, *WANTED))
    except TimeoutError:
        return f"{url} did not answer within {ANSWER_TIMEOUT_SECONDS:g} s"
    except EnvironmentMissing as error:
        return str(error)
