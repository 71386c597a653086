"""The uploads of a synthetic run: what the API answers, and the invoices as the application keeps them."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping

from scenarios.invoices.synthetic.asked import ask
from scenarios.invoices.synthetic.lines import Lines
from scenarios.invoices.synthetic.timeline import API_SECONDS, instant
from scenarios.invoices.workload.sample import as_csv, redated
from workflows.invoices.model import Invoice
from workflows.invoices.uploads.csv_input import read_invoices


def upload(
    lines: Lines, file: str, text: str, due_seconds: Mapping[str, float | None], at_seconds: float
) -> dict[str, Invoice]:
    """Upload a file whose instants count from now, and return the invoices that were accepted, by their ids.

    :param text: as the sample has it.
    :param due_seconds: invoice id → when it falls due, ``None`` for not in this run.
    """
    rows = list(csv.DictReader(io.StringIO(text, newline="")))
    now = instant(at_seconds)
    read = read_invoices(as_csv(redated(rows, due_seconds, now)).encode(), file=file)
    accepted = {each.invoice.invoice_id: each.invoice for each in read.invoices}
    detail = {
        "status": 200,
        "accepted": list(accepted),
        "refused": [
            {"file": "upload.csv", "row": problem.row, "field": problem.field, "message": problem.message}
            for problem in read.problems
        ],
        "dated_at": now.isoformat(),
        "dated_at_seconds": round(at_seconds, 6),
    }
    ask(lines, f"upload/{file}", file, at_seconds, at_seconds + API_SECONDS, "OK", detail)
    return accepted
