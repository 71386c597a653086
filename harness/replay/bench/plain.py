"""The SDK's Replayer over a folder of histories: ``python -m harness.replay.bench.plain APP FOLDER``.

The replayer is made as the gate makes its own, from the options of the worker: the same sandbox, interceptors, plugins
and converter. What the gate adds, it has not: no other core, no drift, no lines. Prints the seconds from before the
first file was read until the last history was replayed; importing the code comes before.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import click
from temporalio.client import WorkflowHistory

from harness.application.contract import load_application
from harness.application.workers import options_by_queue
from harness.replay.replayer import queue_of, replayer_of


async def seconds_of(app: str, histories: Sequence[Path]) -> float:
    """How long it takes.

    :raises RuntimeError: a history does not replay, so that there is nothing to compare.
    """
    served = await options_by_queue(load_application(app), os.environ)
    by_queue: dict[str, list[Path]] = defaultdict(list)
    for file in histories:
        by_queue[queue_of(file, served)].append(file)
    began = time.monotonic()
    for queue, files in by_queue.items():
        await _replay(served.get(queue, {}), files)
    return time.monotonic() - began


async def _replay(made: Mapping[str, Any], files: Sequence[Path]) -> None:
    async def histories() -> AsyncIterator[WorkflowHistory]:
        for file in files:
            read = json.loads(file.read_bytes())
            # A workflow may look at its own id.
            begun = read["events"][0]["workflowExecutionStartedEventAttributes"]
            yield WorkflowHistory.from_json(begun["workflowId"], read)

    async with replayer_of(made).workflow_replay_iterator(histories()) as results:
        async for result in results:
            if result.replay_failure is not None:
                raise RuntimeError(f"{result.history.workflow_id}: {result.replay_failure}")


if __name__ == "__main__":
    click.echo(asyncio.run(seconds_of(sys.argv[1], sorted(Path(sys.argv[2]).glob("*.json")))))
