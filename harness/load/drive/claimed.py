"""The schedule of a claim, made by the load generator: the same operations as `assay run` makes, measured.

Data flow: the run directory of a claim (option ``run-folder``) → **claimed loop** → each operation at its
instant, over the bridge, in the claim's own words in the run's journal, so that every check of the claim judges it.
What a customer does at a later time has a place in the schedule of its own; whatever else was intended goes on.

Not covered: several processes for one claim. What needs what is decided in one place.
"""

from __future__ import annotations

import asyncio
import json
import os
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import gevent
import httpx
from gevent.event import AsyncResult, Event
from gevent.pool import Group
from temporalio.client import Client
from temporalio.service import RPCError

from harness.config import load_config
from harness.errors import AssayError, UsageError
from harness.experiment.asked_workload import AskedWorkload
from harness.experiment.claims import load_claim
from harness.experiment.workload import PlannedOperation, perform, skip
from harness.load.client.operations import FAILURES, WrongAnswer
from harness.load.client.session import Session
from harness.load.measure.handover import WORLD_PORTS, WRITER
from harness.load.measure.measurements import Kind, Row
from harness.load.measure.offered import LATE_SECONDS, Offered
from harness.record.journal import FileJournal, Journal
from harness.record.record import Outcome
from harness.record.rundir import read_run_info
from harness.seed import Seed

LONGEST_WAIT_SECONDS = 1.0
ANSWER_MARGIN_SECONDS = 60.0
COMPLETION_TIMEOUT_SECONDS = 600.0
ASK_AGAIN_SECONDS = 1.0
KINDS = {"upload": Kind.UPLOAD}


@dataclass(frozen=True)
class Asker:
    """The ``Caller`` of a load generator; its HTTP client belongs to the loop behind the bridge."""

    environment: Mapping[str, str]
    world_ports: Mapping[str, int]
    http: httpx.AsyncClient
    journal: Journal


class ClaimedLoop:
    """The schedule of one claim in one test. ``begin`` once, ``end`` once."""

    def __init__(self, session: Session, folder: Path, trouble: Callable[[str], None]) -> None:
        """Find the claim that the run in ``folder`` is of.

        :param trouble: is told what is no failure of the system: a mistake in an operation of the claim.
        :raises UsageError: there is no run, its claim is unknown, or the test has several processes.
        """
        if session.place.workers > 1:
            raise UsageError("the schedule of a claim is made by one process; leave --processes and --master away")
        run = read_run_info(folder)
        claim = load_claim(load_config(Path.cwd()), run.claim)
        self._session, self._trouble = session, trouble
        workload = AskedWorkload(claim.name, claim.workload(Seed(run.seed)))
        self._operations = sorted(workload.operations(), key=lambda operation: operation.after_seconds)
        self._journal = FileJournal(folder / "journal" / f"{WRITER}.jsonl", WRITER, run.run_id)
        self._outcomes: dict[str, AsyncResult[Outcome]] = {}
        for operation in self._operations:
            self._outcomes[operation.operation_id] = AsyncResult()
        # One execution may be asked for twice; its end is measured once, under the name of who asked first.
        self._first: dict[str, str] = {}
        for operation in self._operations:
            if operation.workflow_id is not None:
                self._first.setdefault(operation.workflow_id, operation.name)
        self._followed: set[str] = set()
        self._pieces = Group()
        self._over = Event()
        self._loop: gevent.Greenlet[..., None] | None = None

    def begin(self) -> None:
        """Begin the schedule now."""
        connection = self._session.connection
        self._asker = Asker(
            environment=dict(os.environ),
            world_ports=json.loads(os.environ.get(WORLD_PORTS, "{}")),
            http=connection.call(_http_client(), timeout_seconds=ANSWER_MARGIN_SECONDS),
            journal=self._journal,
        )
        self._loop = gevent.spawn(self._run, time.monotonic())

    def end(self) -> None:
        """Begin nothing more; what is under way may go on for a while (option ``drain-seconds``), then it is ended."""
        self._over.set()
        if self._loop is not None:
            self._loop.join()
        self._pieces.join(timeout=self._session.options.drain_seconds)
        self._pieces.kill()
        self._session.connection.call(self._asker.http.aclose(), timeout_seconds=ANSWER_MARGIN_SECONDS)
        self._journal.close()

    def _run(self, began_seconds: float) -> None:
        for operation in self._operations:
            intended_seconds = began_seconds + operation.after_seconds
            while not self._over.is_set() and (wait_seconds := intended_seconds - time.monotonic()) > 0:
                # libev reckons from when it last looked at the clock, which may be a while ago.
                gevent.get_hub().loop.update_now()
                self._over.wait(min(wait_seconds, LONGEST_WAIT_SECONDS))
            self._session.offered += Offered(scheduled=1)
            if not self._over.is_set():
                self._session.offered += Offered(begun=1)
                self._pieces.spawn(self._piece, operation, intended_seconds)

    def _piece(self, operation: PlannedOperation, intended_seconds: float) -> None:
        lateness_seconds = time.monotonic() - intended_seconds
        if lateness_seconds > LATE_SECONDS:
            self._session.offered += Offered(late=1)
        for earlier in operation.follows:
            self._outcomes[earlier].get()
        needed = [self._outcomes[need].get() for need in operation.needs]
        if any(outcome is not Outcome.OK for outcome in needed):
            skipping = _skipped(operation, self._journal, intended_seconds)
            self._session.connection.call(skipping, timeout_seconds=ANSWER_MARGIN_SECONDS)
            self._outcomes[operation.operation_id].set(Outcome.FAIL)
            return
        began_seconds = time.monotonic()
        lateness_seconds = 0.0 if operation.needs or operation.follows else lateness_seconds
        outcome = self._ask(operation, intended_seconds, lateness_seconds)
        self._outcomes[operation.operation_id].set(outcome)
        workflow_id = operation.workflow_id
        if outcome is Outcome.OK and workflow_id is not None and workflow_id not in self._followed:
            self._followed.add(workflow_id)
            self._complete(workflow_id, began_seconds, lateness_seconds)

    def _ask(self, operation: PlannedOperation, intended_seconds: float, lateness_seconds: float) -> Outcome:
        """Make it, again and again until its outcome is known; a refusal is an answer, too."""
        kind = KINDS.get(operation.name, Kind.START if operation.workflow_id else Kind.UPDATE)
        asking = perform(operation, self._asker, intended_seconds=intended_seconds)
        timeout_seconds = operation.give_up_seconds + ANSWER_MARGIN_SECONDS
        outcome = Outcome.UNKNOWN
        try:
            with self._session.meter.measured(Row(kind, operation.name), lateness_seconds=lateness_seconds):
                outcome = self._session.connection.call(asking, timeout_seconds=timeout_seconds)
                if outcome is Outcome.UNKNOWN:
                    raise WrongAnswer(f"{operation.name} was given up with nobody knowing whether it happened")
        except FAILURES:
            pass  # measured as an error, and in the journal
        except AssayError as error:
            self._trouble(str(error))
        return outcome

    def _complete(self, workflow_id: str, began_seconds: float, lateness_seconds: float) -> None:
        connection = self._session.connection
        row = Row(Kind.COMPLETION, self._first[workflow_id])
        try:
            with self._session.meter.measured(row, since_seconds=began_seconds, lateness_seconds=lateness_seconds):
                ending = _ended(connection.client, workflow_id)
                connection.call(ending, timeout_seconds=COMPLETION_TIMEOUT_SECONDS)
        except FAILURES:
            pass  # measured as an error; the claim's checks say what it means


async def _skipped(operation: PlannedOperation, journal: Journal, intended_seconds: float) -> None:
    """In the thread behind the bridge, as all that writes to this journal: its lock is one thread's."""
    skip(operation, journal, intended_seconds=intended_seconds)


async def _http_client() -> httpx.AsyncClient:
    return httpx.AsyncClient(timeout=10.0, trust_env=False)


async def _ended(client: Client, workflow_id: str) -> None:
    """Wait for its end, whatever happens to the server meanwhile. :raises WorkflowFailureError: it ended, not well."""
    handle = client.get_workflow_handle(workflow_id)
    while True:
        try:
            await handle.result(rpc_timeout=timedelta(seconds=60))
            return
        except RPCError:
            await asyncio.sleep(ASK_AGAIN_SECONDS)
