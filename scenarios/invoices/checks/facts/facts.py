"""What a record says of each invoice, gathered once: record → **facts** → expectations and checks.

Every check that speaks of one invoice looks it up here, so that judging takes time in proportion to the record.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from harness.record.record import Attempt, Effect, Execution, Operation, Outcome, Record
from scenarios.invoices.checks.facts.identities import IDENTITIES, Act
from scenarios.invoices.oracle.measured import Try

NOT_MADE = "skipped"
"""In the detail of an operation that the harness never made, because one that it needs did not come out OK."""

ASKED = "asked_seconds"
"""In the detail of a cancellation: when the application was first really asked, after waiting for payments."""


@dataclass
class InvoiceFacts:
    """What is known of one invoice.

    ``runs`` are its executions in the order of the final reads. ``workers`` were handed their workflow tasks, ``None``
    when that is not known of each of them.
    """

    runs: list[Execution] = field(default_factory=list)
    attempts: list[Attempt] = field(default_factory=list)
    effects: list[Effect] = field(default_factory=list)
    workers: set[str] | None = field(default_factory=set)

    @property
    def last_run(self) -> Execution | None:
        """The execution that did not go on in a new run."""
        return next((run for run in self.runs if run.status != "CONTINUED_AS_NEW"), None)

    @property
    def state(self) -> str:
        """The final state by the workflow's own result; an invoice that was never processed is refused."""
        run = self.last_run
        if run is None:
            return "refused"
        return str(run.result["status"]) if run.result else f"{run.status} ({run.state})"


@dataclass(frozen=True)
class Facts:
    """The facts of a record. ``done`` holds every business act that the world has seen, with its first effect."""

    invoices: Mapping[str, InvoiceFacts]
    operations: Mapping[tuple[str, str], Operation]
    payments: Mapping[str, Operation]
    fates: Mapping[str, str]
    tries: Mapping[str, Sequence[Try]]
    done: Mapping[Act, Effect]
    dated: Mapping[str, float]

    def invoice(self, invoice_id: str) -> InvoiceFacts:
        """What is known of an invoice; nothing is, when it is not in the record."""
        return self.invoices.get(invoice_id) or InvoiceFacts()

    def outcome(self, name: str, invoice_id: str) -> Outcome:
        """What came of the operation of this kind; FAIL also where nobody asked."""
        operation = self.operations.get((name, invoice_id))
        return Outcome.FAIL if operation is None else operation.outcome


def facts_of(record: Record) -> Facts:
    """The facts of a record, gathered on the first call only."""
    return record.once(_gather)


def _gather(record: Record) -> Facts:
    invoices: defaultdict[str, InvoiceFacts] = defaultdict(InvoiceFacts)
    for run in record.executions:
        invoices[run.subject].runs.append(run)
    for attempt in record.attempts:
        invoices[attempt.subject].attempts.append(attempt)
    told = {(facts.workflow_id, facts.run_id): facts.workers for facts in record.facts}
    for invoice in invoices.values():
        for run in invoice.runs:
            workers = told.get((run.workflow_id, run.run_id))
            invoice.workers = invoice.workers | set(workers) if workers and invoice.workers is not None else None
    done: dict[Act, Effect] = {}
    for effect in record.effects:
        invoices[effect.reference].effects.append(effect)
        identity = IDENTITIES.get((effect.service, effect.operation))
        if identity is not None:
            done.setdefault(((effect.service, effect.operation), identity(effect)), effect)
    tries: defaultdict[str, list[Try]] = defaultdict(list)
    for each in record.webhooks:
        tries[each.subject].append(Try(each.sent_seconds, each.ended_seconds, each.status))
    return Facts(
        invoices=invoices,
        operations={(operation.name, operation.subject): operation for operation in record.operations},
        payments={
            operation.operation_id.removeprefix("pay/"): operation
            for operation in record.operations
            if operation.name == "pay"
        },
        fates={
            effect.detail["payment_id"]: effect.operation
            for effect in record.effects
            if effect.service == "payments" and effect.operation in ("settled", "returned")
        },
        tries=tries,
        done=done,
        dated=_dated(record),
    )


def _dated(record: Record) -> dict[str, float]:
    """File → the instant that its due instants are counted from; when it was uploaded, where that is not known."""
    return {
        operation.subject: float(operation.detail.get("dated_at_seconds", operation.invoked_seconds))
        for operation in record.operations
        if operation.name == "upload"
    }


def was_made(operation: Operation | None) -> bool:
    """Whether the workload really asked, and did not leave it because of another operation."""
    return operation is not None and NOT_MADE not in operation.detail


def plain(detail: Mapping[str, Any], name: str) -> float | None:
    """A number in the detail of an operation."""
    value = detail.get(name)
    return float(value) if isinstance(value, int | float) else None
