"""The course of one invoice inside its workflow: validate, send, collect, close, or undo it all.

Data flow: ``workflow`` takes the calls from outside → **life** goes from step to step → ``forward`` and ``saga``
do and undo them. Part of the workflow's state: deterministic, and it talks to Temporal only through the workflow API.
"""

from __future__ import annotations

from contextlib import suppress

from temporalio import workflow
from temporalio.exceptions import ApplicationError

from workflows.invoices.activities import InvoiceActivities
from workflows.invoices.agenda import agenda_of
from workflows.invoices.forward import remind, send
from workflows.invoices.messages import StatusChange
from workflows.invoices.model import CLOSED, Cancellation, Carried, InvoiceRequest, InvoiceResult, InvoiceState, Status
from workflows.invoices.progress import progress_of
from workflows.invoices.refusals import closed, switching
from workflows.invoices.saga import compensate
from workflows.kit.money import Money
from workflows.kit.status import BUSINESS_STATUS
from workflows.kit.steps import StepGivenUp, Steps


class GoOnInANewRun(Exception):
    """This run has done enough. Whoever hears of it carries :attr:`Life.carried` into the next one."""


class Life:
    """One invoice in one run of its workflow.

    :ivar handled_count: payments and compensations of this run.
    :ivar switching: whether the run is about to go on in a new one and takes no new call.
    :ivar ended: whether the final status is recorded.
    """

    def __init__(self, request: InvoiceRequest) -> None:
        self.request = request
        self.agenda = agenda_of(request)
        self.status = request.carried.status if request.carried else Status.VALIDATING
        self.progress = progress_of(request)
        self.payments = self.progress.payments
        self.steps = Steps(self._show)
        self.handled_count = 0
        self.switching = False
        self.ended = False

    @property
    def too_late_to_cancel(self) -> bool:
        """Whether the invoice is paid or has ended otherwise."""
        return not self.progress.cancelled and (self.status in CLOSED or self.payments.settled)

    @property
    def carried(self) -> Carried | None:
        """What the next run is given; ``None`` before there is a document, when there is no next run."""
        return self.progress.carried(self.status)

    async def run(self) -> InvoiceResult:
        """From where the request says to the end. :raises GoOnInANewRun: when that is not in this run."""
        self._show()
        if self.request.carried is None:
            validation = await self.steps.perform(InvoiceActivities.validate_invoice, self.request.invoice_id)
            if validation.reasons and not self.progress.cancelled:
                return await self._close(Status.INVALID, validation.reasons)
            await self._send()
        return await self._collect()

    def cancel(self, reason: str) -> None:
        """Have the invoice cancelled; the first reason stands."""
        if not self.progress.cancelled:
            self.progress.cancellation = Cancellation(reason, workflow.now())

    def state(self) -> InvoiceState:
        """Where the invoice stands now."""
        shown = Status.HELD if self.steps.held else self.status
        return InvoiceState(shown, self.payments.paid, self._outstanding(), self.steps.held)

    def closed_error(self, what: str) -> ApplicationError:
        """The refusal of what comes too late."""
        request, cancelled = self.request, self.progress.cancelled
        return closed(request.invoice_id, what, self.status, cancelled=cancelled, due_at=request.due_at)

    def refuse_while_switching(self) -> None:
        """:raises ApplicationError: of type ``Switching``, to ask again in a moment."""
        if self.switching:
            raise switching(self.request.invoice_id)

    async def _send(self) -> None:
        if self.progress.cancelled:
            return
        self._enter(Status.SENDING)
        with suppress(StepGivenUp):
            await send(self.steps, self.progress, self.request.invoice_id, workflow.now())
            # An invoice that has just come is not reminded of, however near its due instant is.
            self.progress.reminders_done = self.agenda.reminders_before(workflow.now())
            await self._record(Status.SENT)

    async def _collect(self) -> InvoiceResult:
        """Take payments and remind until all is paid, the closing instant is over, or the invoice is cancelled."""
        while True:
            await self._until_something_is_to_do()
            now = workflow.now()
            if self.progress.cancellation is not None:
                return await self._undo(self.progress.cancellation)
            if self.payments.settled:
                return await self._close(Status.PAID)
            if self.agenda.past_due(now) and self.status is Status.SENT:
                await self._record(Status.PAST_DUE)
            elif now >= self.agenda.closes_at:
                if not self.payments.busy:
                    return await self._close(Status.OVERDUE)
                # Payments accepted before the instant still count.
                await workflow.wait_condition(lambda: not self.payments.busy)
            elif self._worn_out():
                await self._go_on_in_a_new_run()
            elif self.agenda.reminders_before(now) > self.progress.reminders_done:
                planned_at = self.agenda.reminders_at[self.progress.reminders_done]
                await remind(self.steps, self.progress, self.request.invoice_id, planned_at)

    async def _until_something_is_to_do(self) -> None:
        past_due = self.status is not Status.SENT
        next_at = self.agenda.next_to_do(self.progress.reminders_done, past_due=past_due)
        remaining = next_at - workflow.now()
        if remaining.total_seconds() > 0:
            with suppress(TimeoutError):
                await workflow.wait_condition(lambda: not self.progress.wanted or self._worn_out(), timeout=remaining)

    async def _undo(self, cancellation: Cancellation) -> InvoiceResult:
        """Undo every step that was done, the latest first."""
        self._enter(Status.CANCELLING)
        await workflow.wait_condition(lambda: not self.payments.busy)
        compensations = self.progress.compensations
        while compensations:
            if self._worn_out():
                await self._go_on_in_a_new_run()
            await compensate(self.steps, self.request.invoice_id, compensations[-1], cancellation)
            compensations.pop()
            self.handled_count += 1
        return await self._close(Status.CANCELLED, (cancellation.reason,))

    async def _close(self, status: Status, reasons: tuple[str, ...] = ()) -> InvoiceResult:
        await self._record(status)
        self.ended = True
        await workflow.wait_condition(workflow.all_handlers_finished)
        booked = self.payments.booked_ids
        refunded = booked[::-1] if status is Status.CANCELLED else ()
        invoice_id = self.request.invoice_id
        return InvoiceResult(invoice_id, status, self.payments.paid, self._outstanding(), booked, reasons, refunded)

    def _worn_out(self) -> bool:
        """Whether this run has done enough; never while a step is held, which a new run would not know."""
        enough = self.handled_count >= self.request.payments_per_run
        return (enough or workflow.info().is_continue_as_new_suggested()) and not self.steps.held

    async def _go_on_in_a_new_run(self) -> None:
        """Take no new call and let those under way end. Stays when one of them is held."""
        self.switching = True
        await workflow.wait_condition(lambda: workflow.all_handlers_finished() or bool(self.steps.held))
        if self.carried is not None and not self.steps.held:
            raise GoOnInANewRun
        self.switching = False

    def _outstanding(self) -> Money:
        cancelled = self.status is Status.CANCELLED
        return Money.zero(self.request.total.currency) if cancelled else self.payments.outstanding

    async def _record(self, status: Status) -> None:
        """Enter a status that the books are told of."""
        self._enter(status)
        change = StatusChange(self.request.invoice_id, status, workflow.now())
        await self.steps.perform(InvoiceActivities.record_status, change)

    def _enter(self, status: Status) -> None:
        self.status = status
        self._show()

    def _show(self) -> None:
        workflow.upsert_search_attributes([BUSINESS_STATUS.value_set(self.state().status)])
