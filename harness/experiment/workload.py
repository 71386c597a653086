"""The workload: timed operations at an open rate, each repeated under its own id until its outcome is known.

Open rate means that an operation starts when the schedule says, whatever the system does with the ones before it; the
journal keeps the intended start beside the real one, so a stalled system cannot hide its own queue (coordinated
omission). An UNKNOWN outcome is resolved by repeating the operation with the same id, never with a new one.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from harness.experiment.site import Caller, Site
from harness.record.journal import Journal
from harness.record.record import NOT_ASKED_YET as NOT_ASKED_YET
from harness.record.record import SKIPPED, Outcome

REPEAT_AFTER_SECONDS = 0.5


@dataclass(frozen=True)
class Answer:
    """What one try of an operation came to, and what the application said, as plain JSON.

    ``status`` is that of the answer (HTTP), ``None`` where there was none or there is no such thing.
    """

    outcome: Outcome
    detail: Mapping[str, Any] = field(default_factory=dict)
    status: int | None = None


@dataclass(frozen=True)
class PlannedOperation:
    """One operation of the schedule.

    ``after_seconds`` is its intended start after work began. ``needs`` names operations that must have come out OK
    first (a customer pays an invoice that was accepted), ``follows`` those that must have ended before, however they
    did; the intended start is not moved by waiting for them.
    ``workflow_id`` is the execution that an OK starts and that the run follows to its end, if any.
    """

    operation_id: str
    name: str
    subject: str
    after_seconds: float
    call: Callable[[Caller], Awaitable[Answer]]
    needs: tuple[str, ...] = ()
    workflow_id: str | None = None
    give_up_seconds: float = 60.0
    follows: tuple[str, ...] = ()


Accepted = Callable[[str], None]
"""Told the workflow id of each operation that came out OK and began an execution."""


class Workload(Protocol):
    """What a claim asks of the application."""

    def describe(self) -> Mapping[str, Any]:
        """The whole input as plain JSON: it goes into the run directory, and the oracle computes from it alone."""

    async def prepare(self, site: Site) -> None:
        """Put in what must be there before work begins (upload the invoices)."""

    def canaries(self) -> Sequence[PlannedOperation]:
        """Operations for the steady state: they must work before anything is broken."""

    def operations(self) -> Sequence[PlannedOperation]:
        """The schedule."""

    async def settle(self, site: Site) -> bool:
        """Help what waits for a person (resume what is held); whether nothing outside is still under way.

        Called every second until it says so and every execution has ended.
        """

    async def read_back(self, site: Site) -> Mapping[str, Mapping[str, Any]]:
        """What the application shows in the end, by subject and as plain JSON: only asked for in the final reads.

        What it shows nothing of is left out.
        """


class Drive(Protocol):
    """Runs a schedule to its end: ``drive`` in the harness itself, or a load generator."""

    async def __call__(self, operations: Sequence[PlannedOperation], site: Site, *, on_accepted: Accepted) -> None:
        """Every operation returned OK or FAIL, or given up as UNKNOWN; all of it in the journal as `perform` does."""


async def drive(
    operations: Sequence[PlannedOperation],
    site: Site,
    *,
    on_accepted: Accepted = lambda workflow_id: None,
    enough: asyncio.Event | None = None,
) -> None:
    """Run the schedule to its end: every operation returned OK or FAIL, or given up as UNKNOWN.

    :param on_accepted: called with the workflow id of an operation that came out OK.
    :param enough: once it is set no new work is begun, and what belongs to work that was not begun is not asked for
        either: there is no trace of it. What belongs to work under way is asked for as planned.
    """
    began = time.monotonic()
    finished: dict[str, asyncio.Future[Outcome | None]] = {
        operation.operation_id: asyncio.get_running_loop().create_future() for operation in operations
    }

    async def one(operation: PlannedOperation) -> Outcome | None:
        intended = began + operation.after_seconds
        outcomes = [await finished[need] for need in operation.needs]
        before = [*outcomes, *[await finished[earlier] for earlier in operation.follows]]
        begins = operation.workflow_id is not None or not before
        if None in before or not await _comes(intended, enough if begins else None):
            return None
        if all(outcome is Outcome.OK for outcome in outcomes):
            return await perform(operation, site, intended_seconds=intended)
        skip(operation, site.journal, intended_seconds=intended)
        return Outcome.FAIL

    async def settled(operation: PlannedOperation) -> None:
        outcome = await one(operation)
        finished[operation.operation_id].set_result(outcome)
        if outcome is Outcome.OK and operation.workflow_id is not None:
            on_accepted(operation.workflow_id)

    async with asyncio.TaskGroup() as group:
        for operation in operations:
            group.create_task(settled(operation))


async def _comes(at_seconds: float, enough: asyncio.Event | None) -> bool:
    """Wait until this instant; whether there was not enough before it came."""
    remaining = max(0.0, at_seconds - time.monotonic())
    if enough is None:
        await asyncio.sleep(remaining)
        return True
    # No error is hidden: waiting on an event raises nothing else.
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(remaining):
            await enough.wait()
            return False
    return True


async def perform(operation: PlannedOperation, caller: Caller, *, intended_seconds: float) -> Outcome:
    """Call the operation until its outcome is known or ``give_up_seconds`` have passed; journal before and after."""
    deadline = time.monotonic() + operation.give_up_seconds
    repetition = 0
    while True:
        repetition += 1
        caller.journal.write(
            "invoke",
            operation_id=operation.operation_id,
            name=operation.name,
            subject=operation.subject,
            intended_seconds=round(intended_seconds, 6),
            repetition=repetition,
        )
        answer = await operation.call(caller)
        caller.journal.write(
            "return",
            operation_id=operation.operation_id,
            outcome=answer.outcome.value,
            repetition=repetition,
            detail=dict(answer.detail),
            status=answer.status,
        )
        if answer.outcome is not Outcome.UNKNOWN or time.monotonic() >= deadline:
            return answer.outcome
        await asyncio.sleep(REPEAT_AFTER_SECONDS)


def skip(operation: PlannedOperation, journal: Journal, *, intended_seconds: float) -> None:
    """Journal an operation that is not made, because one that it needs did not come out OK."""
    journal.write(
        "invoke",
        operation_id=operation.operation_id,
        name=operation.name,
        subject=operation.subject,
        intended_seconds=round(intended_seconds, 6),
        repetition=1,
    )
    detail = {SKIPPED: f"needs {', '.join(operation.needs)}"}
    journal.write("return", operation_id=operation.operation_id, outcome="FAIL", repetition=1, detail=detail)
