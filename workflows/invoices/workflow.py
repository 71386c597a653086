"""``InvoiceProcessing``: one invoice from its validation to its last payment, its closing instant or its cancelling.

::

    validating -> invalid
               -> sending -> sent -> paid
                                  -> overdue
                                  -> past-due -> paid        (only with reminders past the due instant)
                                              -> overdue
    any of these before the end -> cancelling -> cancelled

Any step may be **held** on the way: its attempts are used up or the receiver refused it for good. Nothing is lost then:
the search attribute says ``held``, a person mends the cause, and the update ``resume`` goes on with the same step.
After many payments it goes on in a new run with its whole state (``Carried``); callers do not notice.
Who starts it, who sends payments and how the mails look stands elsewhere (``api``, ``activities``, ``letters``).
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace

from temporalio import workflow
from temporalio.exceptions import ApplicationError

with workflow.unsafe.imports_passed_through():
    from workflows.invoices.activities import InvoiceActivities
    from workflows.invoices.agenda import agenda_of
    from workflows.invoices.forward import book_payment, remind, send
    from workflows.invoices.messages import StatusChange
    from workflows.invoices.model import (
        CLOSED,
        Cancellation,
        InvoiceRequest,
        InvoiceResult,
        InvoiceState,
        Payment,
        PaymentReceipt,
        Status,
    )
    from workflows.invoices.names import INVOICE_STATUS
    from workflows.invoices.progress import progress_of
    from workflows.invoices.refusals import closed, switching
    from workflows.invoices.saga import compensate
    from workflows.invoices.steps import StepGivenUp, Steps
    from workflows.money import Money


@workflow.defn
class InvoiceProcessing:
    """See the module. The workflow id is ``invoice-<invoice id>``: one chain of runs for each invoice, ever."""

    @workflow.init
    def __init__(self, request: InvoiceRequest) -> None:
        self._request = request
        self._agenda = agenda_of(request)
        self._status = request.carried.status if request.carried else Status.VALIDATING
        self._progress = progress_of(request)
        self._ledger = self._progress.ledger
        self._steps = Steps(self._show)
        self._handled_count = 0
        self._switching = False
        self._ended = False

    @workflow.run
    async def run(self, request: InvoiceRequest) -> InvoiceResult:
        """Run the invoice to its end. An invalid invoice is a result, not a failure."""
        self._show()
        if request.carried is None:
            validation = await self._steps.perform(InvoiceActivities.validate_invoice, request.invoice_id)
            if validation.reasons and not self._progress.cancelled:
                return await self._close(Status.INVALID, validation.reasons)
            await self._send()
        return await self._collect()

    @workflow.update
    async def record_payment(self, payment: Payment) -> PaymentReceipt:
        """Book a payment and count it; completes when it is booked. The same payment id counts once.

        :raises ApplicationError: of type ``InvoiceClosed`` when the invoice takes no payments (any more), of type
            ``PaymentRefused`` when the payment can never be right, of type ``Switching`` to ask again in a moment.
        """
        if self._ledger.knows(payment):
            return await self._receipt_of_first(payment)
        self._ledger.accept(payment)
        try:
            await workflow.wait_condition(lambda: self._status not in (Status.VALIDATING, Status.SENDING))
            if self._progress.cancelled or self._status is Status.INVALID:
                raise self._closed_error("takes no payment")
            receipt = await book_payment(self._steps, self._progress, self._request.invoice_id, payment)
            self._handled_count += 1
            self._ledger.book(payment, receipt)
            return receipt
        except StepGivenUp as error:
            raise self._closed_error("takes no payment") from error
        finally:
            self._ledger.finish(payment)

    @record_payment.validator
    def _check_payment(self, payment: Payment) -> None:
        if self._ledger.knows(payment):
            return
        late = workflow.now() >= self._agenda.closes_at
        if late or self._progress.cancelled or self._status in CLOSED:
            raise self._closed_error("takes no payment")
        self._refuse_while_switching()
        self._ledger.check(payment)

    @workflow.update
    async def cancel(self, reason: str) -> InvoiceState:
        """Cancel the invoice and undo what was done for it; completes when that is done. Again changes nothing.

        It may complete before that, when the workflow goes on in a new run: ask again until the status is final.

        :raises ApplicationError: of type ``InvoiceClosed`` when the invoice is paid or has ended otherwise, of type
            ``Switching`` to ask again in a moment.
        """
        if not self._progress.cancelled:
            self._progress.cancellation = Cancellation(reason, workflow.now())
        await workflow.wait_condition(lambda: self._ended or self._switching)
        return self.status()

    @cancel.validator
    def _check_cancel(self, reason: str) -> None:
        if not self._progress.cancelled and (self._status in CLOSED or self._ledger.settled):
            raise self._closed_error("cannot be cancelled")
        self._refuse_while_switching()

    @workflow.update
    def resume(self) -> InvoiceState:
        """Let every held step try again; changes nothing when no step is held."""
        self._steps.resume()
        return self.status()

    @workflow.query
    def status(self) -> InvoiceState:
        """Where the invoice stands now."""
        shown = Status.HELD if self._steps.held else self._status
        return InvoiceState(shown, self._ledger.paid, self._outstanding(), self._steps.held)

    async def _send(self) -> None:
        if self._progress.cancelled:
            return
        invoice_id = self._request.invoice_id
        self._enter(Status.SENDING)
        with suppress(StepGivenUp):
            await send(self._steps, self._progress, invoice_id, workflow.now())
            # An invoice that has just come is not reminded of, however near its due instant is.
            self._progress.reminders_done = self._agenda.reminders_before(workflow.now())
            await self._record(Status.SENT)

    async def _collect(self) -> InvoiceResult:
        """Take payments and remind until all is paid, the closing instant is over, or the invoice is cancelled."""
        while True:
            await self._until_something_is_to_do()
            now = workflow.now()
            if self._progress.cancellation is not None:
                return await self._undo(self._progress.cancellation)
            if self._ledger.settled:
                return await self._close(Status.PAID)
            if self._agenda.past_due(now) and self._status is Status.SENT:
                await self._record(Status.PAST_DUE)
            elif now >= self._agenda.closes_at:
                if not self._ledger.busy:
                    return await self._close(Status.OVERDUE)
                # Payments accepted before the instant still count.
                await workflow.wait_condition(lambda: not self._ledger.busy)
            elif self._worn_out():
                await self._go_on_in_a_new_run()
            elif self._agenda.reminders_before(now) > self._progress.reminders_done:
                planned_at = self._agenda.reminders_at[self._progress.reminders_done]
                await remind(self._steps, self._progress, self._request.invoice_id, planned_at)

    async def _until_something_is_to_do(self) -> None:
        past_due = self._status is not Status.SENT
        next_at = self._agenda.next_to_do(self._progress.reminders_done, past_due=past_due)
        remaining = next_at - workflow.now()
        if remaining.total_seconds() > 0:
            with suppress(TimeoutError):
                await workflow.wait_condition(lambda: not self._progress.wanted or self._worn_out(), timeout=remaining)

    async def _undo(self, cancellation: Cancellation) -> InvoiceResult:
        """Undo every step that was done, the latest first."""
        self._enter(Status.CANCELLING)
        await workflow.wait_condition(lambda: not self._ledger.busy)
        compensations = self._progress.compensations
        while compensations:
            if self._worn_out():
                await self._go_on_in_a_new_run()
            await compensate(self._steps, self._request.invoice_id, compensations[-1], cancellation)
            compensations.pop()
            self._handled_count += 1
        return await self._close(Status.CANCELLED, (cancellation.reason,))

    async def _close(self, status: Status, reasons: tuple[str, ...] = ()) -> InvoiceResult:
        await self._record(status)
        self._ended = True
        await workflow.wait_condition(workflow.all_handlers_finished)
        booked = self._ledger.booked_ids
        refunded = booked[::-1] if status is Status.CANCELLED else ()
        invoice_id = self._request.invoice_id
        return InvoiceResult(invoice_id, status, self._ledger.paid, self._outstanding(), booked, reasons, refunded)

    def _worn_out(self) -> bool:
        """Whether this run has done enough; never while a step is held, which a new run would not know."""
        enough = self._handled_count >= self._request.payments_per_run
        return (enough or workflow.info().is_continue_as_new_suggested()) and not self._steps.held

    async def _go_on_in_a_new_run(self) -> None:
        """Take no new call, let those under way end, and carry everything over. Stays when one of them is held."""
        self._switching = True
        await workflow.wait_condition(lambda: workflow.all_handlers_finished() or bool(self._steps.held))
        carried = self._progress.carried(self._status)
        if carried is not None and not self._steps.held:
            workflow.continue_as_new(replace(self._request, carried=carried))
        self._switching = False

    async def _receipt_of_first(self, payment: Payment) -> PaymentReceipt:
        """The same payment is on its way or was counted: answer as the first call is answered."""
        await workflow.wait_condition(lambda: not self._ledger.in_progress(payment))
        receipt = self._ledger.receipt(payment)
        if receipt is None:
            raise self._closed_error("takes no payment")
        return receipt

    def _outstanding(self) -> Money:
        cancelled = self._status is Status.CANCELLED
        return Money.zero(self._request.total.currency) if cancelled else self._ledger.outstanding

    async def _record(self, status: Status) -> None:
        """Enter a status that the books are told of."""
        self._enter(status)
        change = StatusChange(self._request.invoice_id, status, workflow.now())
        await self._steps.perform(InvoiceActivities.record_status, change)

    def _enter(self, status: Status) -> None:
        self._status = status
        self._show()

    def _show(self) -> None:
        workflow.upsert_search_attributes([INVOICE_STATUS.value_set(self.status().status)])

    def _refuse_while_switching(self) -> None:
        if self._switching:
            raise switching(self._request.invoice_id)

    def _closed_error(self, what: str) -> ApplicationError:
        request, cancelled = self._request, self._progress.cancelled
        return closed(request.invoice_id, what, self._status, cancelled=cancelled, due_at=request.due_at)
