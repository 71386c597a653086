"""One company on a real dev server, from nothing to a judged record: what ``once`` does in virtual time.

Data flow: plan, family → dev server, workers and a company in this process → record → **results**.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import tempfile
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import httpx
from temporalio.client import Client
from temporalio.worker import Worker

from harness.application.connection import connect
from harness.application.contract import Application
from harness.experiment.watch import Watcher
from harness.judge.judge import judge
from harness.record.memory_journal import MemoryJournal
from harness.record.reader import record_of
from harness.sim.kernel.choices import Replayed
from harness.sim.surface import activity_definition
from harness.simulate.binding import Around, Company
from harness.simulate.case import Case, Judged, info_of
from harness.simulate.on_server.attempts import Struck, StruckAttempts
from harness.simulate.on_server.calls import StruckCalls
from harness.simulate.on_server.places import Places
from harness.simulate.on_server.runs import ServerRuns
from harness.simulate.outside import Outside
from harness.simulate.phases import CompanySite, Phases
from harness.simulate.strikes import faults_of
from harness.simulate.trouble import Trouble
from harness.stack.alone import dev_server_alone
from harness.stack.client import quiet_runtime

STACK = "dev"
WORKERS = ("worker-1", "worker-2")
"""As many as a simulation has."""
ACTIVITIES = 50
"""So many at once in each: more than a small company has, so that none waits for a slow one."""


def try_on_server(app: Application, case: Case, choices: Replayed) -> Judged:
    """Let the company live on a dev server of its own, in real time, and judge it.

    :raises EnvironmentMissing: the server does not come up.
    """
    with _quiet():
        return asyncio.run(_tried(app, case, choices))


async def _tried(app: Application, case: Case, choices: Replayed) -> Judged:
    # What would run in threads is done one after another, as it is in a simulation.
    asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(1))
    harness, workers = MemoryJournal("harness", time.monotonic), MemoryJournal("workers", time.monotonic)
    # A plan names what came to pass: here it strikes whenever its place is reached, on a slow machine later.
    trouble, workload = Trouble(choices, for_ever=True), case.family.workload(case.seed, case.without)
    async with dev_server_alone(app.search_attributes, "simulate") as address, contextlib.AsyncExitStack() as stack:
        client = await _client(app, address, "harness")
        struck = Struck(trouble, Places(client), workers, app.subject_of)
        api = await _client(app, address, "api", interceptors=[StruckCalls(trouble)])
        around = Around(time.monotonic, time.time, Outside(asyncio.get_running_loop()), api, trouble)
        company = case.family.company(around)
        stack.callback(company.close)
        for name in WORKERS:
            workers.write("process", name=name, pid=os.getpid(), event="started", detail="")
            await stack.enter_async_context(_serving(app, await _client(app, address, name), company, struck, name))
        http = await stack.enter_async_context(httpx.AsyncClient(transport=company.http))
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="assay-simulate-")))
        watcher = Watcher(client, harness)
        stack.push_async_callback(watcher.stop)
        phases = Phases(
            workload=workload,
            site=CompanySite(client, company.environment, company.world_ports, http, harness),
            runs=ServerRuns(app, client, watcher, lambda: len(workers.lines) + len(company.lines), folder),
            trouble=trouble,
            settle_seconds=case.settle_seconds,
        )
        trouble.begin(time.monotonic)
        await phases.run()
    lines = sorted([*harness.lines, *workers.lines, *company.lines], key=lambda line: line["at_seconds"])
    record = record_of(info_of(case, STACK), lines, workload.describe(), dict(company.attachments))
    faults = faults_of(trouble.notes, struck.attempts, (), time.monotonic())
    record = replace(record, faults=faults)
    return Judged(case, choices.plan(), record, judge(record, case.family.checks), tuple(trouble.notes))


async def _client(app: Application, address: str, identity: str, **options: object) -> Client:
    return await connect(app, {"TEMPORAL_ADDRESS": address}, identity=identity, runtime=quiet_runtime(), **options)


@contextlib.asynccontextmanager
async def _serving(
    app: Application, client: Client, company: Company, struck: Struck, name: str
) -> AsyncIterator[None]:
    """A worker for each queue of the application, over a connection of their own as those of a process are."""
    async with contextlib.AsyncExitStack() as stack:
        for worker in _workers(app, client, company, struck, name):
            await stack.enter_async_context(worker)
        yield


def _workers(app: Application, client: Client, company: Company, struck: Struck, name: str) -> Sequence[Worker]:
    activities = {str(activity_definition(each).name): each for each in company.activities}
    # Any name of a build will do; without one the SDK takes seconds to compute one from everything imported.
    options = {"build_id": "simulate", "activity_executor": ThreadPoolExecutor(ACTIVITIES), **app.worker_options}
    return [
        Worker(
            client,
            task_queue=queue_name,
            workflows=list(queue.workflows),
            activities=[activities[each] for each in queue.activities],
            interceptors=[StruckAttempts(struck, name), *app.interceptors],
            workflow_failure_exception_types=list(app.workflow_failure_exception_types),
            max_concurrent_activities=ACTIVITIES,
            **options,
        )
        for queue_name, queue in app.queues.items()
    ]


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """What the SDK and the application log of the faults is no news."""
    before = logging.root.manager.disable
    logging.disable(logging.CRITICAL)
    try:
        yield
    finally:
        logging.disable(before)
