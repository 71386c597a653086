"""The bare workflow on a server: the SDK's own worker and callers in this process, a closed loop of so many."""

from __future__ import annotations

import asyncio
import itertools
import time
import uuid
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from temporalio.client import Client
from temporalio.service import GrpcCompression
from temporalio.testing import TimeSkipper
from temporalio.worker import UnsandboxedWorkflowRunner, Worker

from harness.application.connection import connect
from harness.application.contract import Application
from harness.simulate.binding import Bare, BareRun, Ground
from harness.simulate.engines.play import Play, Score


async def play_on_server(app: Application, bare: Bare, play: Play, begin: Callable[[], Awaitable[None]]) -> Score:
    """Work and call for the time of the measurement.

    :param begin: returns when all players are warm.
    :raises Exception: an execution did not end as it has to, or the worker ended.
    """
    # On loopback compression costs time and saves nothing.
    client = await connect(app, {"TEMPORAL_ADDRESS": play.address}, grpc_compression=GrpcCompression.NONE)
    run = bare.begin(Ground(time.monotonic, time.time))
    task_queue = f"{bare.queue}-{uuid.uuid4().hex[:8]}"
    serving = asyncio.create_task(worker(app, client, bare, run, task_queue).run())
    calling = TimeSkipper(client).client if play.skips_time else client
    callers = Callers(run, calling, task_queue, play)
    calls = asyncio.create_task(callers.call())
    working = (calls, serving)
    try:
        await _or_fail(working, callers.warm.wait())
        await _or_fail(working, begin())
        began, before = time.monotonic(), callers.ended
        await _or_fail(working, asyncio.sleep(play.seconds))
        return Score(callers.ended - before, time.monotonic() - began)
    finally:
        for task in working:
            task.cancel()


def worker(app: Application, client: Client, bare: Bare, run: BareRun, task_queue: str) -> Worker:
    """The SDK's worker as the application's would be, but without the sandbox, which the simulator has not either."""
    return Worker(
        client,
        task_queue=task_queue,
        workflows=list(app.queues[bare.queue].workflows),
        activities=list(run.activities),
        interceptors=list(app.interceptors),
        workflow_failure_exception_types=list(app.workflow_failure_exception_types),
        **{**app.worker_options, "workflow_runner": UnsandboxedWorkflowRunner()},
    )


class Callers:
    """So many callers, each with one execution after another.

    :ivar ended: executions that have ended.
    :ivar warm: set when as many have ended as there are callers.
    """

    def __init__(self, run: BareRun, client: Client, task_queue: str, play: Play) -> None:
        self._run, self._client, self._task_queue, self._play = run, client, task_queue, play
        self._numbers = itertools.count(1)
        self.ended = 0
        self.warm = asyncio.Event()

    async def call(self) -> None:
        """Go on for ever; what goes wrong is raised."""
        callers = [asyncio.create_task(self._caller()) for _ in range(self._play.in_flight)]
        try:
            await asyncio.gather(*callers)
        finally:
            for caller in callers:
                caller.cancel()

    async def _caller(self) -> None:
        while True:
            name = f"{self._play.number}-{next(self._numbers)}"
            await self._run.execute(self._client, self._task_queue, name, 1)
            self.ended += 1
            if self.ended >= self._play.in_flight:
                self.warm.set()


async def _or_fail(working: Sequence[asyncio.Task[None]], waited: Awaitable[Any]) -> None:
    """Wait; what ends the worker or a caller meanwhile is raised at once."""
    waiting = asyncio.ensure_future(waited)
    await asyncio.wait((*working, waiting), return_when=asyncio.FIRST_COMPLETED)
    for task in working:
        if task.done():
            waiting.cancel()
            task.result()
    await waiting
