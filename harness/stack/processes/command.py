"""A program of the stack that runs to its end, such as `initdb` or a schema tool: bounded, logged, of the run.

It is started like every other process of the run, so that it, too, never outlives it.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Mapping, Sequence
from pathlib import Path

from harness.errors import EnvironmentMissing
from harness.stack.processes.process import Processes, last_lines


async def run_to_end(
    processes: Processes,
    name: str,
    command: Sequence[str],
    *,
    folder: Path,
    environment: Mapping[str, str] | None = None,
    timeout_seconds: float = 60.0,
) -> str:
    """Run the command and return what it wrote to both its outputs, which is also in ``logs/NAME.log``.

    :raises EnvironmentMissing: it could not be started, took too long, or ended with another code than 0; the end of
        its log is in the message.
    """
    process = await processes.start(name, command, environment=environment, folder=folder)
    process.planned_end = "finished"
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(process.exited.wait(), timeout_seconds)
    if process.alive:
        await processes.kill(process)
        raise EnvironmentMissing(f"{name} took longer than {timeout_seconds:g} s:\n{last_lines(process.log)}")
    if process.process.returncode != 0:
        code = process.process.returncode
        raise EnvironmentMissing(f"{name} ({command[0]}) exited with {code}:\n{last_lines(process.log)}")
    return process.log.read_bytes()[process.log_begins :].decode(errors="replace")
