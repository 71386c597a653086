"""The company whose invoices are the load: how much of what its customers do, and how large. Pure, from the seed.

Data flow: seed and options → **planned invoices** → the locustfiles. What an invoice says and how its customer pays is
drawn as for the claims. Every planned invoice comes to an end by itself, paid or cancelled, so that a run leaves
nothing open behind it and can compare its counts with the server's.
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from harness.errors import UsageError
from scenarios.invoices.workload.customers import Customer, draw_customer
from scenarios.invoices.workload.drawn import draw_invoice
from scenarios.invoices.workload.sample import as_csv, redated
from workflows.invoices.model import Invoice
from workflows.invoices.uploads.csv_input import read_invoices

HABITS = ("prompt", "parts", "parts-delivered-twice", "cancels", "part-then-cancels")
"""What a customer can do, out of the habits of the claims: those in which an invoice ends without waiting to be due."""

EXTRAS = ("double-upload", "double-click", "ask")
"""What can happen beside: the file is uploaded twice, the start asked for twice, the status asked for. In percent."""

EVERYDAY_MIX = "prompt=80,parts=12,cancels=8,ask=30"
"""A plain one: most pay at once."""

COMPANY_MIX = (
    "prompt=53,parts=17,parts-delivered-twice=15,cancels=6,part-then-cancels=9,double-upload=5,double-click=10,ask=60"
)
"""What a company's customers do, about in the proportions of the claims."""

PAYLOADS = {"small": (1, 1), "medium": (1, 5), "large": (40, 60)}
"""How many lines an invoice has: at least, at most."""

CURRENCY = "SAR"


@dataclass(frozen=True)
class Mix:
    """What customers do, by weight, and what happens beside it, in percent."""

    habits: Mapping[str, int]
    double_upload_percent: int = 0
    double_click_percent: int = 0
    ask_percent: int = 0


@dataclass(frozen=True)
class PlannedInvoice:
    """One invoice and all that will happen to it; ``content`` is the file that is uploaded."""

    invoice: Invoice
    content: bytes
    customer: Customer
    double_upload: bool
    double_click: bool
    asked: bool

    @property
    def cancelled(self) -> bool:
        """Whether it will be cancelled; otherwise it will be paid in full."""
        return self.customer.cancel_seconds is not None

    @property
    def ends_as(self) -> str:
        """The status that its workflow has to end with."""
        return "cancelled" if self.cancelled else "paid"


def parse_mix(text: str) -> Mix:
    """Read ``prompt=85,parts=10,cancels=5,ask=50``: weights of habits, percent of extras.

    :raises UsageError: an unknown name, a number that is none, or no habit at all.
    """
    numbers: dict[str, int] = {}
    for part in filter(None, (part.strip() for part in text.split(","))):
        name, _, number = (piece.strip() for piece in part.partition("="))
        if name not in (*HABITS, *EXTRAS):
            raise UsageError(f"--mix: {name!r} is unknown; known: {', '.join((*HABITS, *EXTRAS))}")
        if not number.isascii() or not number.isdigit() or (name in EXTRAS and int(number) > 100):
            raise UsageError(f"--mix: {part!r}; write {name}=NUMBER" + (" up to 100" if name in EXTRAS else ""))
        numbers[name] = int(number)
    habits = {name: numbers[name] for name in HABITS if numbers.get(name)}
    if not habits:
        raise UsageError(f"--mix {text!r} has no habit with a weight; say one of {', '.join(HABITS)}")
    return Mix(habits, *(numbers.get(name, 0) for name in EXTRAS))


def plan_invoice(draws: random.Random, invoice_id: str, *, mix: Mix, payload: str, now: datetime) -> PlannedInvoice:
    """Draw the next invoice: the same draws and instant give the same invoice."""
    least, most = PAYLOADS[payload]
    rows = draw_invoice(draws, invoice_id, least=least, most=most, least_units=1, currencies=(CURRENCY,))
    content = as_csv(redated(rows, {}, now)).encode()
    [read] = read_invoices(content, file=invoice_id).invoices
    habit = draws.choices(list(mix.habits), list(mix.habits.values()))[0]
    customer = draw_customer(draws, invoice_id, habit, read.invoice.total.amount, CURRENCY, 0.0)
    if customer.cancel_seconds is not None:
        # In the claims it may be two parts by then; here it is one, so that a mix says how many payments there are.
        customer = replace(customer, payments=customer.payments[:1])
    return PlannedInvoice(
        invoice=read.invoice,
        content=content,
        customer=customer,
        double_upload=draws.random() * 100 < mix.double_upload_percent,
        double_click=draws.random() * 100 < mix.double_click_percent,
        asked=draws.random() * 100 < mix.ask_percent,
    )
