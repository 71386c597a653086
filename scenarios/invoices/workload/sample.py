"""Takes invoices out of a sample file and re-dates them for a run.

The plan holds the file as it is, the same bytes for the same seed; only what is uploaded carries today's instants,
because due instants are data and a run has to see some of them pass.
"""

from __future__ import annotations

import csv
import io
import itertools
import random
from collections.abc import Mapping, Sequence, Set
from datetime import datetime, timedelta
from pathlib import Path

from scenarios.invoices.samples.company import generator
from scenarios.invoices.samples.generate import as_csv as as_csv

SAMPLE = Path(__file__).parent.parent / "samples" / "invoices.csv"

Rows = list[dict[str, str]]


def sample_rows(file: Path = SAMPLE) -> Rows:
    """The rows of the sample file."""
    with file.open(encoding="utf-8", newline="") as source:
        return list(csv.DictReader(source))


def company_rows(seed: int, invoices: int) -> Rows:
    """The rows of a sample company of so many invoices, for claims that need more than the sample file has."""
    files = generator.files(seed=seed, invoices=invoices, formats=("csv",))
    return list(csv.DictReader(io.StringIO(files["invoices.csv"].decode())))


def invoice_ids(rows: Sequence[Mapping[str, str]]) -> list[str]:
    """The ids of the invoices in the order in which they first appear."""
    return list(dict.fromkeys(row["invoice_id"] for row in rows))


def pick(rows: Rows, count: int, draw: random.Random) -> Rows:
    """The rows of ``count`` invoices drawn from the file, in the file's order."""
    chosen = set(draw.sample(invoice_ids(rows), count))
    return [row for row in rows if row["invoice_id"] in chosen]


def first_of_each(rows: Sequence[dict[str, str]]) -> dict[str, dict[str, str]]:
    """The first row of each invoice, by id: it carries the total and the currency."""
    by_id = itertools.groupby(sorted(rows, key=lambda row: row["invoice_id"]), key=lambda row: row["invoice_id"])
    return {invoice_id: next(iter(block)) for invoice_id, block in by_id}


def redated(rows: Rows, due_seconds: Mapping[str, float | None], now: datetime) -> Rows:
    """The rows issued yesterday and due as the customers need it; cells that are no instants stay as they are.

    :param due_seconds: invoice id → seconds after ``now``; ``None`` is 30 days.
    """
    issued = (now - timedelta(days=1)).isoformat()
    answer = []
    for row in rows:
        seconds = due_seconds.get(row["invoice_id"])
        due = now + (timedelta(days=30) if seconds is None else timedelta(seconds=seconds))
        dates = {"issued_at": issued, "due_at": due.isoformat()}
        answer.append({**row, **{name: value for name, value in dates.items() if _is_instant(row[name])}})
    return answer


def readdressed(rows: Rows, invoice_ids: Set[str], email: str) -> Rows:
    """The rows with another mail address in those of these invoices."""
    return [{**row, "customer_email": email} if row["invoice_id"] in invoice_ids else row for row in rows]


def _is_instant(text: str) -> bool:
    try:
        return datetime.fromisoformat(text).tzinfo is not None
    except ValueError:
        return False
