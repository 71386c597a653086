"""What stands around invoices in tests: the company's books in memory, and the world in memory behind the gateways.

The gateways, the SQL and the services are the real ones (``scenarios.world.in_memory``), so a test cannot rely on what
the world would not do. What is asked passes a test's own hooks on its way. This is the one module of the application
that knows the world, for its tests alone.
"""

from __future__ import annotations

import weakref
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any

from harness.record.record import Effect
from scenarios.world.faults import Arrival, Fate
from scenarios.world.holds import HoldPoint
from scenarios.world.host import HOST_CLOCK, Tasks
from scenarios.world.in_memory.world import memory_world
from scenarios.world.providers.deliverer import Heard
from scenarios.world.register import Request
from workflows.books.schema import IN_MEMORY, open_books
from workflows.gateways.accounting import HttpAccounting
from workflows.gateways.network import Network
from workflows.gateways.payments import HttpPayments
from workflows.gateways.ports import Attachment, Entry, Mail, Posting, Refund
from workflows.invoices.books.booked import BookedInvoice, BookedPayment
from workflows.invoices.books.books import SqlBooks
from workflows.invoices.books.documents import SqlDocuments
from workflows.invoices.books.tables import metadata
from workflows.invoices.model import Invoice, Payment, PaymentReceipt, Status
from workflows.invoices.ports import Ports
from workflows.kit.family import Resources
from workflows.kit.money import Money
from workflows.kit.settings import read_settings


class Refused(Exception):
    """For a hook: the service turns the request down for good."""


class Away(Exception):
    """For a hook: the service has failed and does nothing, or its answer is lost; another attempt may succeed."""


async def _go_on(operation: str) -> None:
    return None


async def _hear(body: bytes, headers: Mapping[str, str]) -> Heard:
    return Heard(200)


class Surroundings:
    """The books and the world of one test, as the ports of invoices, and as what the API needs of the books.

    ``before`` is awaited before each call with its name (``load``, ``status``, ``payment`` of the books; ``mail``,
    ``book/invoice``, ``book/payment``, ``withdraw``, ``refund`` of the world), ``after`` once the world has made an
    effect and before it says so. A test makes them wait, or raise: in the world ``Refused`` and ``Away``.
    """

    def __init__(self) -> None:
        self.before: Callable[[str], Awaitable[None]] = _go_on
        self.after: Callable[[str], Awaitable[None]] = _go_on
        self.world = memory_world(HOST_CLOCK, Tasks(), faults=self, post=_hear)
        self.settings = read_settings({**self.world.environment()})
        engine = open_books(IN_MEMORY, metadata)
        weakref.finalize(self, engine.dispose)
        self._resources = Resources(self.settings, engine, Network(self.world.http, self.world.smtp))
        self._books = SqlBooks(engine)
        self.documents = SqlDocuments(engine)

    def ports(self) -> Ports:
        """These ports; rendering gives the text of what is rendered."""
        return Ports(
            books=self,
            documents=self.documents,
            mail=self._resources.mail(),
            accounting=self.accounting(),
            payments=self,
            render=lambda invoice: repr(invoice).encode(),
            render_credit_note=lambda invoice, note: repr((invoice, note)).encode(),
        )

    def accounting(self) -> HttpAccounting:
        """The gateway to accounting."""
        return HttpAccounting(self._resources.http(self.settings.accounting_url))

    async def arriving(self, request: Request) -> Fate:
        """See ``Faults``."""
        try:
            await self.before(_operation(request))
        except Refused:
            return Fate(refuse=True)
        except Away:
            return Fate(error_status=503)
        return Fate()

    async def stand(self, arrival: Arrival, point: HoldPoint) -> bool:
        """See ``Faults``."""
        if point is HoldPoint.DROP_ACK:
            try:
                await self.after(_operation(arrival.request))
            except Away:
                return False
        return True

    def put(self, invoice: Invoice) -> Invoice:
        """Have this invoice in the books."""
        self._books._add(invoice)
        return invoice

    def status_of(self, invoice_id: str) -> Status | None:
        """The recorded status."""
        return self._books._look_up(invoice_id).status

    def trail_of(self, invoice_id: str) -> tuple[Status, ...]:
        """The recorded statuses in their order."""
        return tuple(entry.status for entry in self._books._look_up(invoice_id).trail)

    def entered(self, invoice_id: str) -> dict[Status, datetime]:
        """The recorded statuses in their order, with the instant since which each stood."""
        return {entry.status: entry.at for entry in self._books._look_up(invoice_id).trail}

    @property
    def mails(self) -> list[Mail]:
        """The mails that arrived, in their order."""
        return [self._mail(effect) for effect in self._effects("smtp", "mail")]

    @property
    def entries(self) -> dict[str, Entry]:
        """The booked entries by their keys, in their order."""
        return {str(effect.key): _entry(effect) for effect in self._effects("accounting", "book")}

    @property
    def refunds(self) -> dict[str, Refund]:
        """The refunds by their keys, in their order."""
        return {str(effect.key): _refund(effect) for effect in self._effects("payments", "refund")}

    @property
    def withdrawn(self) -> set[str]:
        """The keys under which nothing will be booked."""
        return {line["key"] for line in self.world.journal.lines if line["kind"] == "withdrawn"}

    @property
    def acts(self) -> list[str]:
        """All effects that the application brought about, in their order: a booking's or refund's key, a mail's."""
        ours = {("smtp", "mail"), ("accounting", "book"), ("payments", "refund")}
        effects = [each for each in self.world.part().effects if (each.service, each.operation) in ours]
        return [_message_key(effect) if effect.service == "smtp" else str(effect.key) for effect in effects]

    async def add(self, invoice: Invoice) -> bool:
        """See ``InvoiceShelf``."""
        return await self._books.add(invoice)

    async def look_up(self, invoice_id: str) -> BookedInvoice:
        """See ``InvoiceShelf``."""
        return await self._books.look_up(invoice_id)

    async def look_up_payment(self, invoice_id: str, payment_id: str) -> BookedPayment | None:
        """See ``InvoiceShelf``."""
        return await self._books.look_up_payment(invoice_id, payment_id)

    async def load(self, invoice_id: str) -> Invoice:
        """See ``Books``."""
        await self.before("load")
        return await self._books.load(invoice_id)

    async def record_status(self, invoice_id: str, status: Status, *, at: datetime, run_id: str) -> None:
        """See ``Books``."""
        await self.before("status")
        await self._books.record_status(invoice_id, status, at=at, run_id=run_id)

    async def record_payment(self, invoice_id: str, payment: Payment) -> PaymentReceipt:
        """See ``Books``."""
        await self.before("payment")
        return await self._books.record_payment(invoice_id, payment)

    async def record_refund(self, invoice_id: str, payment: Payment) -> None:
        """See ``Books``."""
        await self._books.record_refund(invoice_id, payment)

    async def refund(self, refund: Refund, *, idempotency_key: str) -> str:
        """See ``PaymentProvider``. Tests tell workflows of payments and no provider, so whoever is to get one back is
        taken to have paid it there."""
        paid = {
            "payment_id": refund.payment_id,
            "invoice_id": refund.reference,
            "amount": f"{refund.amount.amount:f}",
            "currency": refund.amount.currency,
        }
        http = self._resources.http(self.settings.payments_url)
        await http.post("/payments", json=paid, headers={"Idempotency-Key": refund.payment_id})
        return await HttpPayments(http).refund(refund, idempotency_key=idempotency_key)

    def _effects(self, service: str, operation: str) -> list[Effect]:
        return [each for each in self.world.part().effects if (each.service, each.operation) == (service, operation)]

    def _mail(self, effect: Effect) -> Mail:
        detail = effect.detail
        [attached] = detail["attachments"]
        attachment = Attachment(attached["filename"], self.world.attachments[attached["sha256"]])
        date = parsedate_to_datetime(detail["date"])
        told = (detail["recipient"], detail["subject"], detail["text"])
        return Mail(*told, _message_key(effect), effect.reference, date, attachment)


def _operation(request: Request) -> str:
    match request.operation:
        case "book":
            return f"book/{request.detail.get('kind')}"
        case _:
            return request.operation


def _message_key(effect: Effect) -> str:
    return str(effect.key).strip("<>").rpartition("@")[0]


def _entry(effect: Effect) -> Entry:
    detail = effect.detail

    def money(amount: str) -> Money:
        return Money.parse(amount, detail["currency"])

    lines = [Posting(line["account"], money(line["debit"]), money(line["credit"])) for line in detail["lines"]]
    return Entry(detail["reference"], detail["kind"], detail["memo"], tuple(lines))


def _refund(effect: Effect) -> Refund:
    detail: Any = effect.detail
    return Refund(effect.reference, detail["payment_id"], Money.parse(detail["amount"], detail["currency"]))
