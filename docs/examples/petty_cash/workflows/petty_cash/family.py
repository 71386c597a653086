"""Petty cash as one value for the application."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from temporalio.client import Client

from workflows.gateways.ports import Accounting
from workflows.kit.family import Family, Queue, Resources
from workflows.petty_cash.activities import PettyCashActivities
from workflows.petty_cash.model import TASK_QUEUE, WORKFLOW_IDS_BEGIN
from workflows.petty_cash.workflow import PettyCash

if TYPE_CHECKING:
    from starlette.routing import Route

    from workflows.petty_cash.routes import Context


def _ports(resources: Resources) -> Accounting:
    from workflows.gateways.accounting import HttpAccounting

    return HttpAccounting(resources.http(resources.settings.accounting_url))


def _activities(accounting: Accounting) -> Sequence[Callable[..., Any]]:
    activities = PettyCashActivities(accounting)
    return activities.check_voucher, activities.book_voucher


def _api(resources: Resources, client: Client) -> Context:
    from workflows.petty_cash.routes import Context

    return Context(client, resources.settings.queue_for(TASK_QUEUE))


def _routes() -> Sequence[Route]:
    from starlette.routing import Route

    from workflows.petty_cash.routes import book

    return [Route("/petty-cash", book, methods=["POST"])]


FAMILY = Family(
    name="petty_cash",
    queues={TASK_QUEUE: Queue((PettyCash,), ("check_voucher", "book_voucher"))},
    ports=_ports,
    activities=_activities,
    workflow_ids_begin=WORKFLOW_IDS_BEGIN,
    final_states={"PettyCash": frozenset({"booked", "refused"})},
    api=_api,
    routes=_routes,
)
