"""One rate is tried: a locust run of its own, open and evenly paced, and what it left behind read as a ``Step``.

Data flow: ``search`` → **trial** → locust in a process of its own → ``load.json`` → ``Step``. The first seconds,
in which caches and queues fill, are left out of what is measured.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import sys
import tempfile
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psutil

from harness.errors import AssayError, EnvironmentMissing, UsageError
from harness.load.capacity.step import Step
from harness.load.inside.usage import GENERATOR, Sample, Usage, between
from harness.load.measure.measurements import Kind, Measurements
from harness.load.measure.offered import Offered
from harness.load.measure.timeline import Second, Timeline
from harness.stack.processes.process import last_lines

SAMPLED_EVERY_SECONDS = 0.5
MARGIN_SECONDS = 120.0
ERRORS = {2: UsageError, 3: EnvironmentMissing}


@dataclass(frozen=True)
class Trial:
    """How a rate is tried.

    :param locustfile: what the load is made of.
    :param options: more options of locust and of the locustfile.
    :param stack: the processes of the system by name, to see how busy they are.
    :param drain_seconds: how long what is under way may go on, before it counts as a queue that grew.
    """

    locustfile: str
    root: Path
    seconds: float
    warm_seconds: float
    drain_seconds: float
    options: Sequence[str] = ()
    stack: Mapping[str, Sequence[psutil.Process]] | None = None

    async def __call__(self, rate_per_second: float) -> Step:
        """Try this rate.

        :raises AssayError: as the load test said, when it could not be.
        """
        with tempfile.TemporaryDirectory(prefix="assay-capacity-") as folder:
            command = [sys.executable, "-m", "locust", *self._arguments(rate_per_second, Path(folder))]
            log = Path(folder) / "locust.log"
            with log.open("wb") as output:
                locust = await asyncio.create_subprocess_exec(*command, cwd=self.root, stdout=output, stderr=output)
                samples = await self._to_its_end(locust)
            return self._step(rate_per_second, _written(Path(folder), log, locust.returncode), samples)

    def _arguments(self, rate_per_second: float, folder: Path) -> list[str]:
        lasts = f"{round(self.warm_seconds + self.seconds)}s"
        arguments = ["-f", self.locustfile, "--headless", "--only-summary", "-u", "1", "-t", lasts]
        arguments += ["--arrivals", "constant", "--rate", f"{rate_per_second:.4f}", "--thresholds", ""]
        arguments += ["--drain-seconds", str(self.drain_seconds), "--report-folder", str(folder)]
        return [*arguments, *self.options]

    async def _to_its_end(self, locust: asyncio.subprocess.Process) -> list[Sample]:
        named = {**(self.stack or {}), GENERATOR: [psutil.Process(locust.pid)]}
        samples: list[Sample] = []
        async with _ended_with(locust):
            async with asyncio.timeout(self.warm_seconds + self.seconds + self.drain_seconds + MARGIN_SECONDS):
                waiting = asyncio.ensure_future(locust.wait())
                while not (await asyncio.wait([waiting], timeout=SAMPLED_EVERY_SECONDS))[0]:
                    samples.append(Sample.now(named))
        return samples

    def _step(self, rate_per_second: float, written: Mapping[str, Any], samples: Sequence[Sample]) -> Step:
        began = datetime.strptime(written["started_at"], "%Y-%m-%d %H:%M:%S UTC").replace(tzinfo=UTC).timestamp()
        usage = between(samples, began + self.warm_seconds, began + self.warm_seconds + self.seconds)
        offered = Offered.from_json(written["offered"])
        measurements = Measurements.from_json(written["measurements"])
        return step_of(rate_per_second, measurements, offered, self.warm_seconds, self.seconds, usage)


def step_of(
    rate_per_second: float,
    measurements: Measurements,
    offered: Offered,
    warm_seconds: float,
    seconds: float,
    usage: Usage,
) -> Step:
    """What was measured between the warming up and the end of the load."""
    rows = measurements.rows()
    completions = [measured for row, measured in rows.items() if row.kind is Kind.COMPLETION]
    timeline, window = Timeline(), Second()
    timeline.merge(measured.timeline for measured in completions)
    for second in timeline.in_steps_of(1)[round(warm_seconds) : round(warm_seconds + seconds)]:
        window.add(second)
    ended = sum(measured.succeeded + measured.errors.total() for measured in rows.values())
    return Step(
        rate_per_second=rate_per_second,
        completed_per_second=window.succeeded / seconds,
        p50_seconds=window.percentile(0.5),
        p99_seconds=window.percentile(0.99),
        errors_share=sum(measured.errors.total() for measured in rows.values()) / ended if ended else 0.0,
        offered_share=offered.share or 0.0,
        unseen=sum(measured.unknown for measured in completions),
        usage=usage,
    )


def _written(folder: Path, log: Path, code: int | None) -> dict[str, Any]:
    """What the load test wrote; where it wrote nothing, its exit code is the error's."""
    files = sorted(folder.glob("*/load.json"))
    if not files:
        raise ERRORS.get(code or 0, AssayError)(f"the load test exited with {code}:\n{last_lines(log, 20)}")
    written: dict[str, Any] = json.loads(files[-1].read_text(encoding="utf-8"))
    return written


@contextlib.asynccontextmanager
async def _ended_with(process: asyncio.subprocess.Process) -> AsyncIterator[None]:
    """The process ends with the block, whatever ends it."""
    try:
        yield
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
