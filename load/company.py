"""The company whose invoices are the load: what each invoice says, and what its customer will do. Pure, from the seed.

Where it stands: seed and options → **planned invoices** → the locustfiles. Every planned invoice comes to an end by
itself, paid or cancelled, so that a run leaves nothing open behind it and can compare its counts with the server's.
"""

from __future__ import annotations

import csv
import io
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from harness.errors import UsageError
from workflows.invoices.csv_input import COLUMNS
from workflows.invoices.model import Customer, Invoice, InvoiceLine
from workflows.money import Money

HABITS = ("paid", "parts", "delivered-twice", "cancelled", "part-then-cancelled")
"""What a customer can do: pay at once, in parts, in parts whose webhooks come twice, cancel, cancel after a part."""

EXTRAS = ("double-upload", "double-click", "ask")
"""What can happen beside: the file is uploaded twice, the start asked for twice, the status asked for. In percent."""

EVERYDAY_MIX = "paid=80,parts=12,cancelled=8,ask=30"
"""A plain one: most pay at once."""

COMPANY_MIX = (
    "paid=53,parts=17,delivered-twice=15,cancelled=6,part-then-cancelled=9,double-upload=5,double-click=10,ask=60"
)
"""What a company's customers do, in the proportions of the claims: those there who pay or cancel in the end."""

PAYLOADS = {"small": (1, 1), "medium": (1, 5), "large": (40, 60)}
"""How many lines an invoice has: at least, at most."""

DUE_AFTER = timedelta(days=30)
CUSTOMERS = ("Najd Engineering Co.", "Jeddah Coffee Roasters", "مخبز السلام", "شركة الرياض للمقاولات", "مكتبة الحكمة")
ITEMS = ("Legal consultation", "Contract review", "Office supplies", "ترجمة معتمدة", "Filing fee")
QUANTITIES = tuple(map(Decimal, ("0.5", "1", "1", "2", "3", "12")))
TAX_RATES = tuple(map(Decimal, ("0.15", "0.15", "0.15", "0")))
CURRENCY = "SAR"


@dataclass(frozen=True)
class Mix:
    """What customers do, by weight, and what happens beside it, in percent."""

    habits: Mapping[str, int]
    double_upload_percent: int = 0
    double_click_percent: int = 0
    ask_percent: int = 0


@dataclass(frozen=True)
class PlannedPayment:
    """A payment that a customer will make; ``deliveries`` is how often the provider tells of it."""

    payment_id: str
    amount: Money
    deliveries: int


@dataclass(frozen=True)
class PlannedInvoice:
    """One invoice and all that will happen to it."""

    invoice: Invoice
    habit: str
    payments: tuple[PlannedPayment, ...]
    double_upload: bool
    double_click: bool
    asked: bool

    @property
    def cancelled(self) -> bool:
        """Whether it will be cancelled; otherwise it will be paid in full."""
        return self.habit.endswith("cancelled")

    @property
    def ends_as(self) -> str:
        """The status that its workflow has to end with."""
        return "cancelled" if self.cancelled else "paid"


def parse_mix(text: str) -> Mix:
    """Read ``paid=85,parts=10,cancelled=5,ask=50``: weights of habits, percent of extras.

    :raises UsageError: an unknown name, a number that is none, or no habit at all.
    """
    numbers: dict[str, int] = {}
    for part in filter(None, (part.strip() for part in text.split(","))):
        name, _, number = (piece.strip() for piece in part.partition("="))
        if name not in (*HABITS, *EXTRAS):
            raise UsageError(f"--mix: {name!r} is unknown; known are {', '.join((*HABITS, *EXTRAS))}")
        if not number.isascii() or not number.isdigit() or (name in EXTRAS and int(number) > 100):
            raise UsageError(f"--mix: {part!r}; write {name}=NUMBER" + (" up to 100" if name in EXTRAS else ""))
        numbers[name] = int(number)
    habits = {name: numbers[name] for name in HABITS if numbers.get(name)}
    if not habits:
        raise UsageError(f"--mix {text!r} has no habit with a weight; say one of {', '.join(HABITS)}")
    return Mix(habits, *(numbers.get(name, 0) for name in EXTRAS))


def draw_invoice(draws: random.Random, invoice_id: str, *, mix: Mix, payload: str, now: datetime) -> PlannedInvoice:
    """Draw the next invoice: the same draws and instant give the same invoice."""
    fewest, most = PAYLOADS[payload]
    lines = tuple(_line(draws) for _ in range(draws.randint(fewest, most)))
    tax_number = f"3{draws.randrange(10**13):013d}3"
    name = draws.choice(CUSTOMERS)
    customer = Customer(name, f"billing-{draws.randrange(10_000):04d}@customer.example", tax_number)
    # To the second: that is what stands in the uploaded file.
    issued_at = now.replace(microsecond=0)
    invoice = Invoice(invoice_id, customer, CURRENCY, issued_at, issued_at + DUE_AFTER, lines)
    habit = draws.choices(list(mix.habits), list(mix.habits.values()))[0]
    return PlannedInvoice(
        invoice=invoice,
        habit=habit,
        payments=_payments(draws, invoice, habit),
        double_upload=draws.random() * 100 < mix.double_upload_percent,
        double_click=draws.random() * 100 < mix.double_click_percent,
        asked=draws.random() * 100 < mix.ask_percent,
    )


def as_csv(invoice: Invoice) -> str:
    """The invoice as the file that is uploaded."""
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS, lineterminator="\n")
    writer.writeheader()
    for position, line in enumerate(invoice.lines, 1):
        writer.writerow(
            {
                "invoice_id": invoice.invoice_id,
                "customer_name": invoice.customer.name,
                "customer_email": invoice.customer.email,
                "customer_tax_number": invoice.customer.tax_number,
                "currency": invoice.currency,
                "issued_at": invoice.issued_at.isoformat(),
                "due_at": invoice.due_at.isoformat(),
                "line": position,
                "description": line.description,
                "quantity": f"{line.quantity:f}",
                "unit_price": f"{line.unit_price:f}",
                "tax_rate": f"{line.tax_rate:f}",
                "line_total": f"{line.total.amount:f}",
                "invoice_total": f"{invoice.total.amount:f}",
            }
        )
    return text.getvalue()


def _line(draws: random.Random) -> InvoiceLine:
    price = Decimal(draws.randint(500, 250_000)).scaleb(-2)
    return InvoiceLine(draws.choice(ITEMS), draws.choice(QUANTITIES), price, draws.choice(TAX_RATES), CURRENCY)


def _payments(draws: random.Random, invoice: Invoice, habit: str) -> tuple[PlannedPayment, ...]:
    parts = {"paid": 1, "parts": draws.randint(2, 3), "delivered-twice": 2, "cancelled": 0, "part-then-cancelled": 2}
    amounts = _split(draws, invoice.total.minor_units, parts[habit])
    if habit == "part-then-cancelled":
        amounts = amounts[:1]
    deliveries = 2 if habit == "delivered-twice" else 1
    return tuple(
        PlannedPayment(f"PAY-{invoice.invoice_id}-{number}", Money.of_minor_units(units, CURRENCY), deliveries)
        for number, units in enumerate(amounts, 1)
    )


def _split(draws: random.Random, units: int, parts: int) -> Sequence[int]:
    """So many positive amounts that add up to the total."""
    if parts < 1:
        return ()
    cuts = sorted(draws.sample(range(1, units), parts - 1))
    return [high - low for low, high in zip([0, *cuts], [*cuts, units], strict=True)]
