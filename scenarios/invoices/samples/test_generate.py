"""The committed sample is what the generator makes, and holds what it promises."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

from scenarios.invoices.oracle.invoices import Fate, judge
from scenarios.invoices.oracle.rows import read_rows
from scenarios.invoices.samples.generate import generate

SAMPLE = Path(__file__).with_name("invoices.csv")


def test_the_generator_makes_the_committed_file_byte_for_byte() -> None:
    command = [sys.executable, "-m", "scenarios.invoices.samples.generate"]
    made = subprocess.run(command, check=True, capture_output=True, cwd=Path(__file__).parents[3]).stdout
    assert made == SAMPLE.read_bytes()


def test_it_holds_320_invoices_that_are_accepted_and_12_that_are_refused() -> None:
    fates = Counter(invoice.fate for invoice in judge(generate()))
    assert fates == {Fate.GOOD: 310, Fate.INVALID: 10, Fate.REFUSED: 12}


def test_each_refused_invoice_has_a_reason_of_its_own() -> None:
    refused = [invoice for invoice in judge(generate()) if invoice.fate is Fate.REFUSED]
    first_rows = {invoice.invoice_id: invoice.rows[0] for invoice in refused}
    reasons = [
        (problem.field, problem.row - first_rows[invoice.invoice_id] == 1)
        for invoice in refused
        for problem in invoice.problems[:1]
    ]
    assert [len(invoice.problems) for invoice in refused] == [1, 1, 1, 1, 1, 2, 1, 1, 1, 1, 1, 1]  # one begins twice
    assert len(set(reasons)) == 12


def test_names_are_arabic_and_english_and_currencies_mixed() -> None:
    rows = read_rows(generate())
    names = {row["customer_name"] for row in rows}
    assert any(name.isascii() for name in names)
    assert any("\u0600" < name[:1] < "\u06ff" for name in names)
    assert {row["currency"] for row in rows} == {"", "SAR", "AED", "USD", "KWD", "JPY", "GBP"}


def test_another_beginning_moves_the_instants_and_nothing_else() -> None:
    moved = generate(issued_from=datetime(2026, 1, 1, tzinfo=UTC))
    assert "2026-01-01T00:00:00+00:00,2026-01-31T00:00:00Z" in moved.splitlines()[1]
    totals = [invoice.total for invoice in judge(moved)]
    assert totals == [invoice.total for invoice in judge(generate())]
