"""The process that takes readings: ``python -m harness.load.inside.watcher``, started by `watch` beside the load.

Data flow: `watch` → **watcher** → one line of JSON for each reading. It is told what to read in the first line of
its input, and ends, with a last reading, when that input ends, so that it never outlives who started it. It is a
process of its own because a reading takes some ten milliseconds, which would be measured as the system's.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
import time

import httpx

from harness.load.inside.reading import take_reading
from harness.load.inside.sources import Sources

EVERY_SECONDS = 2.0
"""On a fixed beat: a server writes its numbers once a second, so that each reading sees as many of them."""


async def read_until_told(sources: Sources, generator: int | None) -> None:
    """A reading on each beat, and one when the input ends."""
    told = asyncio.Event()
    asyncio.get_running_loop().add_reader(sys.stdin.fileno(), told.set)
    began_seconds, beat = time.monotonic(), 0
    # One connection for each page, kept; nothing of it goes by a proxy.
    async with httpx.AsyncClient(trust_env=False, timeout=None) as http:
        while True:
            last = told.is_set()
            reading = await take_reading(sources, http, generator=generator, without=os.getpid())
            print(json.dumps(reading.to_json()), flush=True)
            if last:
                return
            beat = max(beat + 1, int((time.monotonic() - began_seconds) / EVERY_SECONDS) + 1)
            try:
                async with asyncio.timeout_at(_at(began_seconds + beat * EVERY_SECONDS)):
                    await told.wait()
            except TimeoutError:
                pass


def _at(monotonic_seconds: float) -> float:
    return asyncio.get_running_loop().time() + monotonic_seconds - time.monotonic()


def main() -> None:
    """Read until the input ends."""
    told = json.loads(sys.stdin.buffer.readline())
    asyncio.run(read_until_told(Sources(told["metrics"], told["root"]), told["generator"]))


if __name__ == "__main__":
    main()
