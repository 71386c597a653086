"""``InvoiceProcessing``: one invoice from its validation to its last payment, its closing instant or its cancellation.

::

    validating -> invalid
               -> sending -> sent -> paid
                                  -> overdue
                                  -> past-due -> paid        (only with reminders past the due instant)
                                              -> overdue
    any of these before the end -> cancelling -> cancelled

Any step may be **held** on the way: its attempts are used up or the receiver refused it for good. Nothing is lost then:
the search attribute says ``held``, a person fixes the cause, and the signal ``resume`` goes on with the same step.
After many payments it goes on in a new run with its whole state (``Carried``); callers do not notice.

**Cancelled in Temporal** (``WorkflowHandle.cancel``) is cancelled like by the update ``cancel``: the step under way
ends, what was done is undone in the same order by the same steps, the books say ``cancelled``. The workflow then
*completes*, with a result of that status, and is not shown as canceled: a customer's money has gone back and a credit
note has gone out, which is an end with a result, and who asks for it must be able to read it. Canceled in Temporal's
sense would say that the work was given up, perhaps in the middle. What is paid or has ended otherwise stays so.

The course of it is ``life``; who starts it, who sends payments and how the mails look stands elsewhere (``api``,
``activities``, ``letters``).
"""

from __future__ import annotations

import asyncio
from dataclasses import replace

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from workflows.invoices.forward import book_payment
    from workflows.invoices.life import GoOnInANewRun, Life
    from workflows.invoices.model import (
        CLOSED,
        InvoiceRequest,
        InvoiceResult,
        InvoiceState,
        Payment,
        PaymentReceipt,
        Status,
    )
    from workflows.kit.steps import StepGivenUp

CANCELLED_IN_TEMPORAL = "cancelled by the operator"
"""The reason on the credit note where none was given."""


@workflow.defn
class InvoiceProcessing:
    """See the module. The workflow id is ``invoice-<invoice id>``: one chain of runs for each invoice, ever."""

    @workflow.init
    def __init__(self, request: InvoiceRequest) -> None:
        self._life = Life(request)

    @workflow.run
    async def run(self, request: InvoiceRequest) -> InvoiceResult:
        """Run the invoice to its end. An invalid invoice is a result, not a failure."""
        # A task of its own, so that Temporal's cancellation reaches this method alone and no activity in the middle.
        living = asyncio.create_task(self._life.run())
        while True:
            try:
                return await asyncio.shield(living)
            except asyncio.CancelledError:
                reason = workflow.cancellation_reason()
                if living.cancelled() or reason is None:
                    raise  # the worker lets go of the workflow
                if not self._life.too_late_to_cancel:
                    self._life.cancel(reason.strip() or CANCELLED_IN_TEMPORAL)
            except GoOnInANewRun:
                # The state is taken only here: a cancellation may have come in the same moment.
                workflow.continue_as_new(replace(request, carried=self._life.carried))

    @workflow.update
    async def record_payment(self, payment: Payment) -> PaymentReceipt:
        """Book a payment and count it; completes when it is booked. The same payment id counts once.

        :raises ApplicationError: of type ``InvoiceClosed`` when the invoice takes no payments (any more), of type
            ``PaymentRefused`` when the payment can never be right, of type ``Switching`` to ask again in a moment.
        """
        life, payments = self._life, self._life.payments
        if payments.knows(payment):
            return await self._receipt_of_first(payment)
        payments.accept(payment)
        try:
            await workflow.wait_condition(lambda: life.status not in (Status.VALIDATING, Status.SENDING))
            if life.progress.cancelled or life.status is Status.INVALID:
                raise life.closed_error("takes no payment")
            receipt = await book_payment(life.steps, life.progress, life.request.invoice_id, payment)
            life.handled_count += 1
            payments.book(payment, receipt)
            return receipt
        except StepGivenUp as error:
            raise life.closed_error("takes no payment") from error
        finally:
            payments.finish(payment)

    @record_payment.validator
    def _check_payment(self, payment: Payment) -> None:
        life = self._life
        if life.payments.knows(payment):
            return
        late = workflow.now() >= life.agenda.closes_at
        if late or life.progress.cancelled or life.status in CLOSED:
            raise life.closed_error("takes no payment")
        life.refuse_while_switching()
        life.payments.check(payment)

    @workflow.update
    async def cancel(self, reason: str) -> InvoiceState:
        """Cancel the invoice and undo what was done for it; completes when that is done. Again changes nothing.

        It may complete before that, when the workflow goes on in a new run: ask again until the status is final.

        :raises ApplicationError: of type ``InvoiceClosed`` when the invoice is paid or has ended otherwise, of type
            ``Switching`` to ask again in a moment.
        """
        self._life.cancel(reason)
        await workflow.wait_condition(lambda: self._life.ended or self._life.switching)
        return self._life.state()

    @cancel.validator
    def _check_cancel(self, reason: str) -> None:
        if self._life.too_late_to_cancel:
            raise self._life.closed_error("cannot be cancelled")
        self._life.refuse_while_switching()

    @workflow.signal(name="resume")
    def let_held_steps_go_on(self) -> None:
        """Let every held step try again; changes nothing when no step is held.

        A signal: a workflow takes no more than ten updates at once, and ten payments may be waiting for what is held.
        """
        self._life.steps.resume()

    @workflow.update
    def resume(self) -> InvoiceState:
        """The same for callers that want to see the state; histories of executions that were resumed so hold it."""
        self._life.steps.resume()
        return self._life.state()

    @workflow.query
    def status(self) -> InvoiceState:
        """Where the invoice stands now."""
        return self._life.state()

    async def _receipt_of_first(self, payment: Payment) -> PaymentReceipt:
        """The same payment is on its way or was counted: answer as the first call is answered."""
        payments = self._life.payments
        await workflow.wait_condition(lambda: not payments.in_progress(payment))
        receipt = payments.receipt(payment)
        if receipt is None:
            raise self._life.closed_error("takes no payment")
        return receipt
