"""One invoice in virtual time, and what its history says of its timers, to the millisecond.

A timer is started with a duration, and the workflow counts it from the instant of its task; the sum of the two is the
instant that it aims at, however busy the machine is. What is done at that instant comes a moment later.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from temporalio.api.enums.v1 import EventType
from temporalio.api.history.v1 import HistoryEvent
from temporalio.testing import TimeSkipper

from workflows.conftest import Running
from workflows.invoices.model import Invoice, InvoiceRequest
from workflows.invoices.test_workflow import Handle
from workflows.invoices.workflow import InvoiceProcessing
from workflows.kit.testing_waits import until

DAY_SECONDS = 24 * 3600
DAY = timedelta(days=1)
REMINDED_SECONDS = (-DAY_SECONDS, 3 * DAY_SECONDS)
GRACE_SECONDS = 7 * DAY_SECONDS
CLOSES_AFTER_DUE = timedelta(days=3 + 7)

A_MOMENT = timedelta(minutes=1)
"""Within it whatever is due has been done, also by a busy machine."""

EXACT = timedelta(milliseconds=1)


@dataclass(frozen=True)
class Course:
    """An invoice under way, its clock standing still but for :meth:`forward`."""

    handle: Handle
    skipper: TimeSkipper
    invoice: Invoice

    async def forward(self, to: datetime | None = None) -> None:
        """Have its clock skip to this instant, or to the end of the workflow."""
        by = None if to is None else to - await self.skipper.get_current_time(self.handle)
        await self.skipper.fast_forward(self.handle, by)

    async def aimed_at(self) -> list[datetime]:
        """The instants of all timers that were started, in their order, each once."""
        found: list[datetime] = []
        async for event, task_at in _with_tasks(self.handle):
            if event.event_type == EventType.EVENT_TYPE_TIMER_STARTED:
                at = task_at + event.timer_started_event_attributes.start_to_fire_timeout.ToTimedelta()
                if not found or abs(at - found[-1]) > EXACT:
                    found.append(at)
        return found

    async def stalls(self) -> int:
        """How many of its tasks failed, as they do where a workflow waits for an instant that is over."""
        events = [event async for event, _ in _with_tasks(self.handle)]
        return sum(event.event_type == EventType.EVENT_TYPE_WORKFLOW_TASK_FAILED for event in events)

    async def is_waiting(self) -> None:
        """Wait until it has started a timer."""
        await until(self._has(EventType.EVENT_TYPE_TIMER_STARTED))

    async def falls_due(self) -> None:
        """Wait until a timer has fired, whether a worker is there or not."""
        await until(self._has(EventType.EVENT_TYPE_TIMER_FIRED))

    def _has(self, kind: EventType.ValueType) -> Callable[[], Awaitable[bool]]:
        async def has() -> bool:
            return any([event.event_type == kind async for event, _ in _with_tasks(self.handle)])

        return has


async def begin(running: Running, invoice: Invoice, *reminder_seconds: int, grace_seconds: int = 0) -> Course:
    """Start the workflow of this invoice."""
    running.outside.put(invoice)
    skipper = TimeSkipper(running.client)
    request = InvoiceRequest(
        invoice.invoice_id,
        invoice.customer.name,
        invoice.total,
        invoice.due_at,
        reminder_seconds=reminder_seconds,
        grace_seconds=grace_seconds,
    )
    with skipper.with_time_skipping_disabled():
        handle = await skipper.client.start_workflow(
            InvoiceProcessing.run,
            request,
            id=f"invoice-{invoice.invoice_id}-{running.task_queue}",
            task_queue=running.task_queue,
        )
    return Course(handle, skipper, invoice)


def same_instants(found: list[datetime], wanted: list[datetime]) -> bool:
    """Whether these are the same instants, whatever their zones."""
    return len(found) == len(wanted) and all(
        abs(one - other) <= EXACT for one, other in zip(found, wanted, strict=True)
    )


async def _with_tasks(handle: Handle) -> AsyncIterator[tuple[HistoryEvent, datetime]]:
    """Each event, and the instant of the workflow task before it: the workflow's time."""
    task_at = datetime.min.replace(tzinfo=UTC)
    async for event in handle.fetch_history_events():
        if event.event_type == EventType.EVENT_TYPE_WORKFLOW_TASK_STARTED:
            task_at = event.event_time.ToDatetime(UTC)
        yield event, task_at
