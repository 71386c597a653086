"""The hand-over on a real dev server: the old code's worker is killed with a task in its hand, the new code's takes it.

Data flow: one kind of execution (``harness.simulate.binding.Bare``), both versions → **server, two workers one after
the other** → what is wrong. It proves of the SDK's own worker and of a server's own histories what the simulator says
of every task. One execution for each k, all at once, within a bound of time.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from temporalio.api.enums.v1 import EventType
from temporalio.client import Client, WorkflowExecutionStatus
from temporalio.worker import Worker

from harness.application.connection import connect
from harness.application.contract import Application
from harness.application.project import python_path
from harness.errors import WaitTimeout
from harness.poll import eventually
from harness.record.history_reader import tasks_completed
from harness.simulate.binding import Bare, BareRun, Ground
from harness.stack.alone import dev_server_alone
from harness.upgrade.every_task import Broken
from harness.upgrade.worker import QUEUE

ALONE_OLD, ALONE_NEW = 1_000, 0
"""The queues, by the tasks that the old code does there, on which one of them does all."""
SECONDS = 90.0
"""For the old code to come to its places, and again for the new code to end everything."""
TASK_FAILED = EventType.EVENT_TYPE_WORKFLOW_TASK_FAILED


class NothingToHandOver(Exception):
    """The old code alone does not end an execution of the new code's callers."""


@dataclass(frozen=True)
class OnServer:
    """What is handed over. ``running`` is the folder of the old code, ``later`` of the new."""

    app: Application
    bare: Bare
    company: str
    running: Path
    later: Path
    without: Path | None = None


@dataclass(frozen=True)
class _Stage:
    what: OnServer
    address: str
    client: Client
    run: BareRun
    folder: Path
    calls: dict[int, asyncio.Task[None]]


async def hand_over(what: OnServer) -> tuple[int, list[Broken]]:
    """At how many tasks the new code took over, and what went wrong.

    :raises EnvironmentMissing: the server does not come up.
    :raises WaitTimeout: the old code alone does not end an execution in time.
    :raises NothingToHandOver: it ends it, and not as it has to.
    """
    async with contextlib.AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="assay-upgrade-")))
        address = await stack.enter_async_context(dev_server_alone(what.app.search_attributes, "upgrade"))
        client = await connect(what.app, {**os.environ, "TEMPORAL_ADDRESS": address})
        run = what.bare.begin(Ground(time.monotonic, time.time))
        stack.callback(run.close)
        stage = _Stage(what, address, client, run, folder, {})
        stack.push_async_callback(_let_go, stage)
        async with _worker(stage, what.running, (ALONE_OLD,)):
            await _begin(stage, stack, (ALONE_OLD,))
            told = f"the code that runs now to end an execution on {QUEUE.format(ALONE_OLD)}"
            await eventually(stage.calls[ALONE_OLD].done, what=told, timeout_seconds=SECONDS)
        if error := stage.calls[ALONE_OLD].exception():
            raise NothingToHandOver(f"the code that runs now, alone: {error}") from error
        tasks, expected = await _end_of(stage, ALONE_OLD)
        between = range(1, tasks)
        held = folder / "held"
        async with _worker(stage, what.running, between, held):
            await _begin(stage, stack, between)

            def at_its_place() -> bool:
                names = held.read_text().split() if held.is_file() else []
                return all(QUEUE.format(k) in names or stage.calls[k].done() for k in between)

            await eventually(at_its_place, what="the old code to be at every task", timeout_seconds=SECONDS)
        everywhere = (ALONE_NEW, *between)
        async with _worker(stage, what.later, everywhere):
            await _begin(stage, stack, (ALONE_NEW,))
            wrong = {k: await _wrong_with(stage, k) for k in everywhere}
            alone = (await _end_of(stage, ALONE_NEW))[1]
            for k in between:
                end = (await _end_of(stage, k))[1]
                if not wrong[k] and end not in (expected, alone):
                    wrong[k] = f"{end}; by the old code alone {expected}, by the new {alone}"
        return len(between), [Broken(what.company, k, QUEUE.format(k), told) for k, told in wrong.items() if told]


@contextlib.asynccontextmanager
async def _worker(stage: _Stage, code: Path, queues: Sequence[int], held: Path | None = None) -> AsyncIterator[None]:
    """A process with this code, which is killed in the end."""
    what = stage.what
    command = [sys.executable, "-m", "harness.upgrade.worker", "--app", what.app.name, "--address", stage.address]
    command += ["--queue", what.bare.queue, *(["--held", str(held)] if held else []), *map(str, queues)]
    with (stage.folder / "worker.log").open("ab") as output:
        process = await asyncio.create_subprocess_exec(
            *command,
            cwd=code,
            env={**os.environ, **python_path(code, what.without)},
            stdin=asyncio.subprocess.PIPE,
            stdout=output,
            stderr=output,
        )
    try:
        yield
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()


async def _begin(stage: _Stage, stack: contextlib.AsyncExitStack, queues: Sequence[int]) -> None:
    """One execution on each of the queues, with somebody who does its activities."""
    for number in queues:
        queue = QUEUE.format(number)
        activities = Worker(
            stage.client,
            task_queue=queue,
            activities=list(stage.run.activities),
            interceptors=list(stage.what.app.interceptors),
            build_id="upgrade",
        )
        await stack.enter_async_context(activities)
        stage.calls[number] = asyncio.create_task(stage.run.execute(stage.client, queue, queue, 1))


async def _let_go(stage: _Stage) -> None:
    for call in stage.calls.values():
        call.cancel()
    await asyncio.gather(*stage.calls.values(), return_exceptions=True)


async def _wrong_with(stage: _Stage, number: int) -> str:
    """Wait for the end of what runs on a queue; what is wrong with it, if anything."""
    found: list[str] = []

    async def over() -> bool:
        if stage.calls[number].done():
            return True
        found[:] = await _failed_tasks(stage, number)
        return bool(found)

    try:
        await eventually(over, what=f"the end of {QUEUE.format(number)}", timeout_seconds=SECONDS)
    except WaitTimeout:
        return f"it came to no end within {SECONDS:g} s"
    if found:
        return found[0]
    error = stage.calls[number].exception()
    return f"it ended, and not as it has to: {error}" if error else ""


async def _failed_tasks(stage: _Stage, number: int) -> list[str]:
    found = []
    async for each in stage.client.list_workflows(f"TaskQueue = '{QUEUE.format(number)}'"):
        async for event in stage.client.get_workflow_handle(each.id, run_id=each.run_id).fetch_history_events():
            if event.event_type == TASK_FAILED:
                found.append(event.workflow_task_failed_event_attributes.failure.message.splitlines()[0])
    return found


async def _end_of(stage: _Stage, number: int) -> tuple[int, str]:
    """How many workflow tasks it took, and what it came to in words, without the name that it has from its queue."""
    told, tasks, queue = [], 0, QUEUE.format(number)
    async for each in stage.client.list_workflows(f"TaskQueue = '{queue}'"):
        handle = stage.client.get_workflow_handle(each.id, run_id=each.run_id)
        result = await handle.result() if each.status is WorkflowExecutionStatus.COMPLETED else ""
        tasks += tasks_completed((await handle.fetch_history()).events)
        told.append(f"{each.status.name if each.status is not None else '?'} {result!r}")
    effects = (line for line in stage.run.lines if line["kind"] == "effect" and queue in line["reference"])
    told += sorted(f"{line['service']}/{line['operation']}" for line in effects)
    return tasks, ", ".join(told).replace(queue, "NAME")
