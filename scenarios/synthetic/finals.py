"""The final reads of a synthetic run: how each execution ended, what its history holds, how it replays, what shows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

from scenarios.synthetic.case import Case
from scenarios.synthetic.lines import Lines
from workflows.invoices.model import Invoice
from workflows.retry import GUIDE_POLICY, HEARTBEAT_TIMEOUT, ORDINARY

WORKFLOW_TYPE = "InvoiceProcessing"
EVENTS_PER_ACTIVITY, EVENTS_BESIDE = 6, 5
REPLAYERS = 2


def read(cases: Iterable[Case], lines: Lines, at_seconds: float) -> None:
    """The lines of the final reads, all at one time."""
    activities: set[str] = set()
    for number, case in enumerate(cases):
        activities |= case.activities.keys()
        assert case.closed_seconds is not None, f"{case.invoice_id} never ended"
        ids = {"workflow_id": case.deeds.workflow_id, "run_id": case.run_id}
        about = {**ids, "subject": case.invoice_id}
        tasks = 1 + case.activities.total()
        lines.add("harness", case.closed_seconds, "execution-closed", workflow_id=case.deeds.workflow_id)
        lines.add("harness", at_seconds, "history-facts", **about, **_facts(case, tasks))
        lines.add("harness", at_seconds, "execution", **about, **_execution(case))
        lines.add("harness", at_seconds, "shown", subject=case.invoice_id, detail=_shown(case))
        replayer = f"replay-{number % REPLAYERS}"
        file = f"{case.deeds.workflow_id}.{case.run_id}.json"
        lines.add(replayer, at_seconds, "replay-started", file=file, **ids)
        lines.add(replayer, at_seconds, "replayed", file=file, **ids, outcome="ok", message="", tasks_completed=tasks)
    for activity in sorted(activities):
        lines.add("harness", at_seconds, "policy", activity=activity, **_policy())


def _facts(case: Case, tasks: int) -> dict[str, Any]:
    return {
        "tasks_completed": tasks,
        "states": dict(Counter(case.states)),
        "task_failures": [],
        "task_timeouts": 0,
        "open_updates": 0,
        "open_activities": [],
        "failed_activities": case.failed,
        "retried_after": list(case.retried.values()),
    }


def _execution(case: Case) -> dict[str, Any]:
    return {
        "workflow_type": WORKFLOW_TYPE,
        "status": "COMPLETED",
        "result": case.result,
        "state": case.states[-1],
        "failure": None,
        "history_length": EVENTS_BESIDE + EVENTS_PER_ACTIVITY * case.activities.total(),
    }


def _policy() -> dict[str, Any]:
    intervals = (GUIDE_POLICY.initial_interval, GUIDE_POLICY.maximum_interval, ORDINARY["start_to_close_timeout"])
    initial, longest, start_to_close = (each.total_seconds() if each else 0.0 for each in intervals)
    return {
        "heartbeat_timeout_seconds": HEARTBEAT_TIMEOUT.total_seconds(),
        "start_to_close_timeout_seconds": start_to_close,
        "initial_interval_seconds": initial,
        "backoff_coefficient": GUIDE_POLICY.backoff_coefficient,
        "maximum_interval_seconds": longest,
        "maximum_attempts": GUIDE_POLICY.maximum_attempts,
        "non_retryable_error_types": [],
    }


def _shown(case: Case) -> dict[str, Any]:
    invoice: Invoice = case.deeds.invoice
    customer = invoice.customer
    return {
        "status": case.result["status"],
        "invoice_id": invoice.invoice_id,
        "customer": {"name": customer.name, "email": customer.email, "tax_number": customer.tax_number},
        "currency": invoice.currency,
        "issued_at": invoice.issued_at.isoformat(),
        "due_at": invoice.due_at.isoformat(),
        "net": f"{invoice.net.amount:f}",
        "tax": f"{invoice.tax.amount:f}",
        "total": f"{invoice.total.amount:f}",
        "lines": [
            {
                "description": line.description,
                "quantity": f"{line.quantity:f}",
                "unit_price": f"{line.unit_price:f}",
                "tax_rate": f"{line.tax_rate:f}",
                "total": f"{line.total.amount:f}",
            }
            for line in invoice.lines
        ],
    }
