"""``python -m scenarios.invoices.samples.generate``: the sample upload, always the same bytes (``invoices.csv`` here).

320 invoices that are accepted (every 32nd of them may not be sent, because its tax number is wrong) and 12 that are
refused, each for another reason, strewn among them. Amounts are whole numbers of minor units throughout; the oracle
calculates them anew from the cells.
"""

from __future__ import annotations

import csv
import io
import random
import sys
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta, timezone

from scenarios.invoices.oracle.rows import HEADER
from scenarios.invoices.samples.spoil import SPOILERS, again

Line = tuple[dict[str, str], int]
"""The cells of a line, and its total in minor units."""

ACCEPTED_COUNT = 320
INVALID_EVERY = 32
SEED = 20300101
# Far ahead, so that no invoice of the file is overdue when it is uploaded as it is.
ISSUED_FROM = datetime(2035, 1, 1, 8, 0, tzinfo=timezone(timedelta(hours=3)))
DUE_AFTER = timedelta(days=30)

CUSTOMERS = (
    "مؤسسة النخيل للتجارة",
    "شركة الرياض للمقاولات",
    "مكتبة الحكمة",
    "مخبز السلام",
    "شركة البحر الأحمر للشحن",
    'مجموعة "الأفق" القابضة',
    "Najd Engineering Co.",
    "Jeddah Coffee Roasters",
    "Al Noor Medical Supplies",
    "Desert Rose Hotels, Ltd.",
    "O'Brien & Sons Trading",
    "Al-Faisal Legal Partners",
)
ITEMS = (
    "Legal consultation",
    "Contract review",
    "استشارة قانونية",
    "صياغة عقد",
    "Office supplies",
    "Translation, per page",
    "ترجمة معتمدة",
    "Filing fee",
)
CURRENCIES = (*["SAR"] * 80, *["AED"] * 8, *["USD"] * 6, *["KWD"] * 3, *["JPY"] * 3)
MINOR_DIGITS = {"SAR": 2, "AED": 2, "USD": 2, "KWD": 3, "JPY": 0}
RATES_PERCENT = {"SAR": (15, 15, 15, 15, 0), "AED": (5,), "USD": (15, 0), "KWD": (0, 15), "JPY": (10, 15)}
QUANTITIES_THOUSANDTHS = (1000, 1000, 1000, 2000, 3000, 5000, 12000, 500, 1500, 2250, 333)


def generate(*, seed: int = SEED, issued_from: datetime = ISSUED_FROM) -> str:
    """The text of the file.

    :param issued_from: when the first invoice is issued; each further one 7 minutes later, due 30 days after that.
    """
    draws = random.Random(seed)
    spoiled_at = {14 + 27 * number: spoil for number, spoil in enumerate(SPOILERS)}
    rows: list[dict[str, str]] = []
    accepted_count = 0
    for number in range(1, ACCEPTED_COUNT + len(SPOILERS) + 1):
        # A spoiled invoice has two lines, so that a later row of it can be the bad one.
        lines_count = 2 if number in spoiled_at else draws.choice((1, 1, 2, 3))
        invoice = _invoice(draws, number, issued_from + timedelta(minutes=7 * (number - 1)), lines_count)
        if number in spoiled_at:
            spoiled_at[number](invoice)
        else:
            accepted_count += 1
            if accepted_count % INVALID_EVERY == 0:
                _spoil_tax_number(invoice, accepted_count)
        rows += invoice
    return as_csv([*rows, *again(rows)])


def _invoice(draws: random.Random, number: int, issued_at: datetime, lines_count: int) -> list[dict[str, str]]:
    currency = draws.choice(CURRENCIES)
    head = {
        "invoice_id": f"INV-{number:04d}",
        "customer_name": draws.choice(CUSTOMERS),
        "customer_email": f"billing-{number:04d}@customer.example",
        "customer_tax_number": f"3{draws.randrange(10**13):013d}3",
        # An empty cell means SAR.
        "currency": "" if currency == "SAR" and draws.random() < 0.1 else currency,
        "issued_at": issued_at.isoformat(),
        # The same instants with another offset.
        "due_at": (issued_at + DUE_AFTER).astimezone(UTC).isoformat().replace("+00:00", "Z"),
    }
    return invoice_rows(head, [draw_line(draws, currency) for _ in range(lines_count)], currency)


def invoice_rows(head: Mapping[str, str], lines: Sequence[Line], currency: str) -> list[dict[str, str]]:
    """The rows of an invoice: the head in each of them, the lines numbered, and what they come to."""
    total = amount_text(sum(units for _, units in lines), MINOR_DIGITS[currency])
    return [
        {**head, "line": str(position), **cells, "invoice_total": total}
        for position, (cells, _) in enumerate(lines, start=1)
    ]


def draw_line(draws: random.Random, currency: str, *, plain_rate: bool = False) -> Line:
    """A line with a price, a quantity and a tax rate drawn.

    :param plain_rate: write the rate without zeros at its end, as it is read from a document in percent: "0.10" and
        "0.1" are one rate, but by its text the books tell a repeat from a change.
    """
    digits = MINOR_DIGITS[currency]
    thousandths, percent = draws.choice(QUANTITIES_THOUSANDTHS), draws.choice(RATES_PERCENT[currency])
    price = draws.randint(500, 250_000) * (10 if digits == 3 else 1)
    net = _divide_half_up(thousandths * price, 1000)
    total = net + _divide_half_up(net * percent, 100)
    rate = amount_text(percent, 2)
    cells = {
        "description": draws.choice(ITEMS),
        "quantity": plain(amount_text(thousandths, 3)),
        "unit_price": amount_text(price, digits),
        "tax_rate": plain(rate) if plain_rate else rate,
        "line_total": amount_text(total, digits),
    }
    return cells, total


def _divide_half_up(dividend: int, divisor: int) -> int:
    return (2 * dividend + divisor) // (2 * divisor)


def amount_text(units: int, digits: int) -> str:
    """A number of minor units as a plain decimal with so many digits after the point."""
    whole, rest = divmod(units, 10**digits)
    return f"{whole}.{rest:0{digits}d}" if digits else str(whole)


def plain(number: str) -> str:
    """The number without zeros at its end: ``0.10`` is ``0.1``, ``0.00`` is ``0``."""
    return number.rstrip("0").rstrip(".") if "." in number else number


def _spoil_tax_number(invoice: Sequence[dict[str, str]], count: int) -> None:
    good = invoice[0]["customer_tax_number"]
    bad = (f"1{good[1:]}", good[:-1], f"{good[:-1]}4", f"{good[:7]}O{good[8:]}")[count // INVALID_EVERY % 4]
    for row in invoice:
        row["customer_tax_number"] = bad


def as_csv(rows: Sequence[Mapping[str, str]]) -> str:
    """The rows as the text of a file, with the header."""
    text = io.StringIO()
    writer = csv.DictWriter(text, HEADER, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


if __name__ == "__main__":
    sys.stdout.buffer.write(generate().encode())
