"""A claim under load: locust makes the claim's schedule in a process of its own, while the harness breaks things.

Data flow: claim → **drive** → `locust -f load/mixed.py` with the run's folder (`claimed`) → the run's journal and
``load/`` in the run's folder, with the report that shades the faults. What the generator says of itself goes into the
record, where the check *generator* reads it.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import math
import os
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from harness.config import load_config
from harness.errors import AssayError, EnvironmentMissing, HarnessDefect, UsageError, WaitTimeout
from harness.experiment.site import Site
from harness.experiment.workload import Accepted, PlannedOperation
from harness.load.inside.sources import handed_over
from harness.load.measure.handover import FOLDER, INSIDE, MEASURED, WORLD_PORTS, WRITER
from harness.record.journal import read_journal
from harness.verdict import Verdict

LOOK_EVERY_SECONDS = 0.5
AFTER_LAST_SECONDS = 2
ENDS_WITHIN_SECONDS = 60.0
TERMINATED_WITHIN_SECONDS = 10.0
LOCUST = "harness.load.drive.locust_of_claim"
VERDICT_CODES = frozenset(verdict.exit_code for verdict in Verdict)
LAST_LINES = 15
LAG_SECONDS = 1.0
"""A claim is judged by promises, and by whether its schedule was kept, which is counted; its latencies may be rough."""


@dataclass(frozen=True)
class LocustDrive:
    """The ``Drive`` of a claim under load.

    :param file: the locustfile, from the root of the project.
    :param drain_seconds: how long work under way may go on after the last operation.
    """

    file: str
    drain_seconds: float = 90.0

    async def __call__(self, operations: Sequence[PlannedOperation], site: Site, *, on_accepted: Accepted) -> None:
        """Run the schedule in locust.

        :raises EnvironmentMissing: locust could not reach what it was to load.
        :raises HarnessDefect: locust came to no verdict.
        :raises UsageError: the locustfile is not there, or cannot be used.
        :raises WaitTimeout: locust did not end in its time.
        """
        if not (file := _root() / self.file).is_file():
            raise UsageError(f"the claim's load is made by the locustfile {file}, which is not there")
        last_seconds = max((operation.after_seconds for operation in operations), default=0.0)
        run_seconds = math.ceil(last_seconds) + AFTER_LAST_SECONDS
        workflow_ids = {each.operation_id: each.workflow_id for each in operations}
        log = site.folder / "logs" / "load.log"
        async with _locust(self._command(site, run_seconds), site, log) as process:
            patience_seconds = run_seconds + self.drain_seconds + ENDS_WITHIN_SECONDS
            following = asyncio.create_task(_follow(site.folder, workflow_ids, on_accepted))
            try:
                await asyncio.wait_for(process.wait(), patience_seconds)
            except TimeoutError as error:
                raise WaitTimeout(f"locust did not end within {patience_seconds:g} s; its log is {log}") from error
            finally:
                following.cancel()
                await asyncio.gather(following, return_exceptions=True)
        _tell_accepted(_lines(site.folder), workflow_ids, on_accepted)
        _require_verdict(process.returncode, site.folder / FOLDER / MEASURED, log)
        _record(site)

    def _command(self, site: Site, run_seconds: int) -> list[str]:
        words = [sys.executable, "-m", LOCUST, "-f", str(_root() / self.file), "--headless", "--only-summary"]
        words += ["-u", "1", "-t", f"{run_seconds}s", "--run-folder", str(site.folder)]
        words += ["--drain-seconds", f"{self.drain_seconds:g}", "--generator-lag-seconds", f"{LAG_SECONDS:g}"]
        return [*words, "--temporal-address", site.environment["TEMPORAL_ADDRESS"]]


def _root() -> Path:
    return load_config(Path.cwd()).root


@contextlib.asynccontextmanager
async def _locust(command: Sequence[str], site: Site, log: Path) -> AsyncIterator[asyncio.subprocess.Process]:
    environment = {**os.environ, **site.environment, WORLD_PORTS: json.dumps(dict(site.world_ports))}
    environment[INSIDE] = handed_over(site.shown, os.getpid())
    with log.open("wb") as output:
        process = await asyncio.create_subprocess_exec(
            *command, cwd=_root(), env=environment, stdin=asyncio.subprocess.DEVNULL, stdout=output, stderr=output
        )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.terminate()
            try:
                await asyncio.wait_for(process.wait(), TERMINATED_WITHIN_SECONDS)
            except TimeoutError:
                process.kill()
                await process.wait()


async def _follow(folder: Path, workflow_ids: Mapping[str, str | None], on_accepted: Accepted) -> None:
    """Tell which executions were begun, soon after the journal says so. Ends when cancelled."""
    while True:
        _tell_accepted(_lines(folder), workflow_ids, on_accepted)
        await asyncio.sleep(LOOK_EVERY_SECONDS)


def _lines(folder: Path) -> list[Mapping[str, Any]]:
    journal = folder / "journal" / f"{WRITER}.jsonl"
    return list(read_journal(journal)) if journal.is_file() else []


def _tell_accepted(
    lines: Sequence[Mapping[str, Any]], workflow_ids: Mapping[str, str | None], on_accepted: Accepted
) -> None:
    """Following one twice is following it once, so nobody remembers what was told."""
    for line in lines:
        if line["kind"] == "return" and line["outcome"] == "OK":
            workflow_id = workflow_ids.get(line["operation_id"])
            if workflow_id is not None:
                on_accepted(workflow_id)


def _require_verdict(code: int | None, measured: Path, log: Path) -> None:
    if code in VERDICT_CODES and measured.is_file():
        return
    last = "\n".join(log.read_text(encoding="utf-8", errors="replace").splitlines()[-LAST_LINES:])
    kinds: Mapping[int | None, type[AssayError]] = {each.exit_code: each for each in (UsageError, EnvironmentMissing)}
    raise kinds.get(code, HarnessDefect)(f"locust came to no verdict (exit code {code}); the end of {log}:\n{last}")


def _record(site: Site) -> None:
    """Write into the record what the generator says of itself."""
    said = json.loads((site.folder / FOLDER / MEASURED).read_text(encoding="utf-8"))
    offered = said["offered"] or {}
    site.journal.write(
        "generator",
        name=said["name"],
        verdict=said["verdict"],
        reasons=said["reasons"],
        scheduled=offered.get("scheduled", 0),
        begun=offered.get("begun", 0),
        late=offered.get("late", 0),
    )
