"""The final reads of a synthetic run: how each execution ended, what its history holds, how it replays, what shows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

from harness.record.record import WORKFLOW_TASK_TIMEOUT_SECONDS
from scenarios.invoices.synthetic.case import Case
from scenarios.invoices.synthetic.lines import Lines
from workflows.invoices.books.booked import BookedInvoice
from workflows.invoices.model import Status
from workflows.invoices.routes.showing import shown_of
from workflows.kit.money import Money
from workflows.kit.retry import GUIDE_POLICY, HEARTBEAT_TIMEOUT, ORDINARY

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
        "failed_on": [],
        "lost_tasks": [],
        "open_updates": 0,
        "open_activities": [],
        "failed_activities": case.failed,
        "retried_after": list(case.retried.values()),
        "cancelled_activities": [],
        "workers": sorted(case.workers),
        "workflow_task_timeout_seconds": WORKFLOW_TASK_TIMEOUT_SECONDS,
    }


def _execution(case: Case) -> dict[str, Any]:
    return {
        "workflow_type": WORKFLOW_TYPE,
        "status": "COMPLETED",
        "result": case.result,
        "state": case.states[-1],
        "failure": None,
        "failure_types": [],
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
    currency = case.deeds.invoice.currency
    paid = sum((payment.amount for payment in case.booked), Money.zero(currency))
    refunded = paid if case.trail[-1].status is Status.CANCELLED else Money.zero(currency)
    found = BookedInvoice(case.deeds.invoice, tuple(case.trail), paid, refunded)
    return shown_of(found)
