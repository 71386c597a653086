"""The application as one value, for whoever runs it: our own worker, or a harness that finds it by this module's name.

``app`` says what there is; it connects to nothing until ``ports`` is called.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from types import MappingProxyType
from typing import Any

from temporalio.converter import DataConverter
from temporalio.worker import Interceptor

from workflows.client import KEEP_ALIVE
from workflows.converter import data_converter
from workflows.heartbeat import AutomaticHeartbeat
from workflows.invoices.activities import InvoiceActivities
from workflows.invoices.model import TASK_QUEUE
from workflows.invoices.names import INVOICE_CUSTOMER, INVOICE_STATUS, subject_of
from workflows.invoices.workflow import InvoiceProcessing
from workflows.ports import Ports
from workflows.retry import HEARTBEAT_THROTTLE
from workflows.settings import Settings, read_settings


@dataclass(frozen=True)
class Queue:
    """What a worker of a task queue runs: workflow classes and the names of activities."""

    workflows: tuple[type, ...]
    activities: tuple[str, ...]


@dataclass(frozen=True)
class Service:
    """A process beside the workers.

    :param command: words in braces are filled from the process's environment; ``{python}`` is the interpreter.
    :param ready_url: answers 200 when the process serves.
    """

    name: str
    command: tuple[str, ...]
    ready_url: str


@dataclass(frozen=True)
class Application:
    """Everything a runner needs to know.

    :param subject_of: workflow id -> the business object that it is about, here the invoice id.
    :param search_attributes: name -> Temporal type; they must exist in the namespace before the first workflow.
    :param worker_options: keyword arguments of ``temporalio.worker.Worker`` that belong to the application: how long a
        stopping worker lets activities finish, and how often heartbeats may go out.
    :param client_options: keyword arguments of ``temporalio.client.Client.connect`` that belong to the application: how
        soon a dead connection is found.
    """

    queues: Mapping[str, Queue]
    services: tuple[Service, ...]
    search_attributes: Mapping[str, str]
    status_attribute: str
    data_converter: DataConverter
    interceptors: tuple[Interceptor, ...]
    settings: Callable[[Mapping[str, str]], Settings]
    ports: Callable[[Settings], Ports]
    activities: Callable[[Ports], Sequence[Callable[..., Any]]]
    subject_of: Callable[[str], str]
    workflow_failure_exception_types: tuple[type[BaseException], ...] = ()
    worker_options: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))
    client_options: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))


GRACEFUL_SHUTDOWN = timedelta(seconds=10)
"""How long a worker that is told to stop lets its activities finish; then they are cancelled and tried elsewhere."""


def real_ports(settings: Settings) -> Ports:
    """Open the books (this blocks for a moment) and bind the gateways to the settings."""
    # Heavy imports stay out of processes that only want to look at ``app``.
    import httpx

    from workflows.gateways.accounting import HttpAccounting
    from workflows.gateways.books import SqlBooks
    from workflows.gateways.documents import SqlDocuments
    from workflows.gateways.keyed_post import TIMEOUT
    from workflows.gateways.mail import SmtpMail
    from workflows.gateways.payments import HttpPayments
    from workflows.gateways.schema import open_books
    from workflows.invoices.pdf import render_credit_note, render_pdf

    engine = open_books(settings.books_url)
    accounting = httpx.AsyncClient(base_url=settings.accounting_url, timeout=TIMEOUT)
    payments = httpx.AsyncClient(base_url=settings.payments_url, timeout=TIMEOUT)

    async def close() -> None:
        await accounting.aclose()
        await payments.aclose()
        engine.dispose()

    return Ports(
        books=SqlBooks(engine),
        documents=SqlDocuments(engine),
        mail=SmtpMail(settings.smtp.host, settings.smtp.port, settings.mail_sender),
        accounting=HttpAccounting(accounting),
        payments=HttpPayments(payments),
        render=render_pdf,
        render_credit_note=render_credit_note,
        close=close,
    )


def bound_activities(ports: Ports) -> Sequence[Callable[..., Any]]:
    """The activities of every queue, bound to these ports."""
    invoices = InvoiceActivities(ports)
    return (
        invoices.validate_invoice,
        invoices.render_invoice,
        invoices.send_invoice_email,
        invoices.send_reminder_email,
        invoices.book_invoice,
        invoices.book_payment,
        invoices.withdraw_invoice,
        invoices.withdraw_payment,
        invoices.refund_payment,
        invoices.book_refund,
        invoices.book_credit_note,
        invoices.render_credit_note,
        invoices.send_credit_note_email,
        invoices.record_status,
    )


app = Application(
    queues=MappingProxyType(
        {
            TASK_QUEUE: Queue(
                workflows=(InvoiceProcessing,),
                activities=(
                    *("validate_invoice", "render_invoice", "send_invoice_email", "send_reminder_email"),
                    *("book_invoice", "book_payment", "withdraw_invoice", "withdraw_payment"),
                    *("refund_payment", "book_refund", "book_credit_note"),
                    *("render_credit_note", "send_credit_note_email", "record_status"),
                ),
            )
        }
    ),
    services=(Service("api", ("{python}", "-m", "workflows.api"), "http://{TRAF3LI_API_ADDRESS}/healthz"),),
    search_attributes=MappingProxyType({INVOICE_CUSTOMER.name: "Keyword", INVOICE_STATUS.name: "Keyword"}),
    status_attribute=INVOICE_STATUS.name,
    data_converter=data_converter,
    interceptors=(AutomaticHeartbeat(),),
    settings=read_settings,
    ports=real_ports,
    activities=bound_activities,
    subject_of=subject_of,
    worker_options=MappingProxyType(
        {"graceful_shutdown_timeout": GRACEFUL_SHUTDOWN, "max_heartbeat_throttle_interval": HEARTBEAT_THROTTLE}
    ),
    client_options=MappingProxyType({"keep_alive_config": KEEP_ALIVE}),
)
"""The finance application."""
