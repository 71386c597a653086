"""A sample company for trying things by hand: customers and the invoices they get. The same seed gives the same bytes.

`assay generate` finds ``generator`` by name. Everything is invented: tax numbers have the form of Saudi VAT numbers and
no more, the mail addresses are in a domain reserved for examples. The claims have a file of their own (``generate``).
"""

from __future__ import annotations

import csv
import io
import itertools
import random
from collections.abc import Mapping, Sequence
from dataclasses import astuple, dataclass, fields
from datetime import datetime, timedelta

from scenarios.invoices.samples.generate import CURRENCIES, as_csv, draw_line, invoice_rows
from scenarios.invoices.samples.ubl import RIYADH, ubl_document

# Far ahead and fixed: the bytes must not depend on today, and nothing may be overdue when it is uploaded.
FIRST_DAY = datetime(2035, 1, 1, tzinfo=RIYADH)
INVOICES_PER_DAY = 20
DUE_AFTER_DAYS = (14, 30, 30, 30, 60)
INVOICES_PER_CUSTOMER = 4

Row = dict[str, str]

_ARABIC_NAMES = ("شركة {} للتجارة", "مؤسسة {} للمقاولات", "مكتب {} للاستشارات", "مجموعة {} القابضة", "مصنع {} للأثاث")


@dataclass(frozen=True)
class Customer:
    """One customer; all invoices of a customer are in one currency."""

    name: str
    email: str
    tax_number: str
    currency: str


@dataclass(frozen=True)
class SampleCompany:
    """What ``[tool.assay] generator`` names. ``formats`` are the forms in which it can write invoices."""

    formats: Sequence[str] = ("csv", "ubl")

    def files(self, *, seed: int, invoices: int, formats: Sequence[str]) -> Mapping[str, bytes]:
        """The files of a company, by their path below the folder they go to.

        :param invoices: how many invoices; there is about a quarter as many customers.
        :param formats: out of ``self.formats``; every format says the same of the same invoices.
        """
        customers, rows = _company(seed, invoices)
        texts = {"README.txt": _readme(seed, invoices, len(customers), formats), "customers.csv": _customers(customers)}
        if "csv" in formats:
            texts["invoices.csv"] = as_csv(list(itertools.chain.from_iterable(rows)))
        if "ubl" in formats:
            texts |= {f"ubl/{invoice[0]['invoice_id']}.xml": ubl_document(invoice) for invoice in rows}
        return {name: text.encode() for name, text in texts.items()}


generator = SampleCompany()


def _company(seed: int, invoices: int) -> tuple[list[Customer], list[list[Row]]]:
    from faker import Faker  # takes long to import, and most who import this want no company

    draws = random.Random(f"company {seed}")
    arabic, english = Faker("ar_SA"), Faker("en_US")
    for number, faker in enumerate((arabic, english)):
        faker.seed_instance(f"{seed} {number}")
    customers = []
    for number in range(1, max(1, invoices // INVOICES_PER_CUSTOMER) + 1):
        is_arabic = draws.random() < 0.6
        name = draws.choice(_ARABIC_NAMES).format(arabic.last_name()) if is_arabic else english.company()
        # A number of this form: 3, nine digits of the taxpayer, the first branch (000) and VAT (03).
        tax_number = f"3{draws.randrange(10**9):09d}00003"
        customers.append(Customer(name, f"billing-{number:04d}@customer.example", tax_number, draws.choice(CURRENCIES)))
    return customers, [_invoice(draws, draws.choice(customers), number) for number in range(1, invoices + 1)]


def _invoice(draws: random.Random, customer: Customer, number: int) -> list[Row]:
    day = FIRST_DAY + timedelta(days=number // INVOICES_PER_DAY)
    lines = [draw_line(draws, customer.currency, plain_rate=True) for _ in range(draws.choice((1, 1, 2, 3, 5)))]
    head = {
        "invoice_id": f"SMP-{number:06d}",
        "customer_name": customer.name,
        "customer_email": customer.email,
        "customer_tax_number": customer.tax_number,
        "currency": customer.currency,
        "issued_at": (day + timedelta(hours=8, minutes=draws.randrange(600))).isoformat(),
        "due_at": (day + timedelta(days=draws.choice(DUE_AFTER_DAYS) + 1)).isoformat(),
    }
    return invoice_rows(head, lines, customer.currency)


def _customers(customers: Sequence[Customer]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(field.name for field in fields(Customer))
    writer.writerows(astuple(customer) for customer in customers)
    return text.getvalue()


def _readme(seed: int, invoices: int, customers: int, formats: Sequence[str]) -> str:
    ways = {
        "csv": "invoices.csv  all of them in one file: POST /invoices with Content-Type text/csv\n",
        "ubl": "ubl/          one UBL 2.1 document each: POST /invoices with Content-Type application/xml\n",
    }
    return (
        f"An invented company of {customers} customers and {invoices} invoices, all of them acceptable, made with seed "
        f"{seed}.\n\ncustomers.csv who is billed\n{''.join(ways[name] for name in formats)}\n"
        "Issue and due dates lie in 2035 and after, so nothing is overdue when it is uploaded.\n"
    )
