"""Whatever is uploaded ends parsed or refused, soon, and no accepted invoice owes another sum than its lines.

Run the long form with ``pytest -m nightly scenarios/invoices/oracle/test_fuzz.py``; ``--hypothesis-show-statistics``
prints how many inputs were parsed and how many refused. The oracle's arithmetic calculates the sums from the accepted
bytes.
"""

from __future__ import annotations

import csv
import io
import itertools
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import HealthCheck, event, given, settings

from scenarios.invoices.oracle.arithmetic import DECIMALS, from_minor, minor_units, plain_number
from scenarios.invoices.oracle.testing_mutations import Anatomy, mutated
from scenarios.invoices.oracle.ubl import judge_ubl
from scenarios.invoices.samples.company import generator
from workflows.invoices.model import Invoice
from workflows.invoices.uploads.csv_input import read_invoices
from workflows.invoices.uploads.ubl_input import read_ubl_invoice
from workflows.invoices.uploads.upload import Upload

Sums = dict[str, tuple[str, Decimal]]
"""Invoice id → currency and total."""

Tally = Counter[tuple[str, str]]


NUMBERS = ("quantity", "unit_price", "tax_rate", "line_total", "invoice_total")


def csv_sums(content: bytes) -> Sums:
    """What the invoices of a file come to, line by line; only those that say so themselves."""
    reader = csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""))
    header = [name.strip() for name in next(reader)]
    records = [[cell.strip() for cell in record] for record in reader]
    rows = [dict(zip(header, record, strict=False)) for record in records if any(record)]
    sums = {}
    for invoice_id, block in itertools.groupby(rows, key=lambda row: row.get("invoice_id", "")):
        lines = list(block)
        currency = lines[0].get("currency", "") or "SAR"
        units = _units(lines, currency)
        if units is not None:
            sums[invoice_id] = (currency, from_minor(units, currency))
    return sums


def _units(lines: Sequence[dict[str, str]], currency: str) -> int | None:
    """The sum in minor units; ``None`` when the lines cannot be read, or state other sums."""
    cells = [[line.get(name, "") for name in NUMBERS] for line in lines]
    if currency not in DECIMALS or any(plain_number(cell) is None for row in cells for cell in row):
        return None
    scale, total, stated = 10 ** DECIMALS[currency], 0, set()
    for quantity, price, rate, line_total, invoice_total in ([Fraction(cell) for cell in row] for row in cells):
        net = minor_units(quantity * price, currency)
        line = net + minor_units(Fraction(net, scale) * rate, currency)
        if line != line_total * scale:
            return None
        total += line
        stated.add(invoice_total * scale)
    return total if stated == {total} else None


def ubl_sums(content: bytes) -> Sums:
    """What the one invoice of a document that was read comes to."""
    judged = judge_ubl(content)
    return {judged.invoice_id: (judged.currency, judged.total)}


@dataclass(frozen=True)
class Form:
    """A format: its reader, the oracle's sums of what the reader accepted, good files, and their anatomy."""

    name: str
    read: Callable[..., Upload]
    sums: Callable[[bytes], Sums]
    files: Sequence[bytes]
    anatomy: Anatomy


def good_files(ending: str) -> list[bytes]:
    """Small files that are accepted."""
    companies = [generator.files(seed=seed, invoices=3, formats=("csv", "ubl")) for seed in range(1, 5)]
    return [content for files in companies for name, content in files.items() if name.endswith(ending)]


CSV = Form(
    "csv",
    read_invoices,
    csv_sums,
    good_files("invoices.csv"),
    Anatomy(re.compile(rb"(?:^|,)([^,\n]*)", re.MULTILINE), re.compile(rb"^.*\n", re.MULTILINE)),
)
UBL = Form(
    "ubl",
    read_ubl_invoice,
    ubl_sums,
    good_files(".xml"),
    Anatomy(re.compile(rb">([^<>\n]+)<"), re.compile(rb"<(c[ab]c:\w+)(?: [^<>]*)?>(?:(?!</\1>).)*</\1>\n?", re.DOTALL)),
)


def check(form: Form, content: bytes, tally: Tally) -> None:
    """Read these bytes; an accepted invoice owes what the oracle finds in them."""
    upload = form.read(content, file="upload")
    outcome = "parsed" if upload.invoices else "refused"
    event(f"{form.name} {outcome}")
    tally[form.name, outcome] += 1
    assert upload.invoices or upload.problems, "neither parsed nor refused"
    assert all(problem.row >= 1 and problem.message and len(problem.message) < 1_000 for problem in upload.problems)
    if upload.invoices:
        sums = form.sums(content)
        accepted: list[Invoice] = [read.invoice for read in upload.invoices]
        owed = {each.invoice_id: (each.currency, each.total.amount) for each in accepted}
        assert owed == {invoice_id: sums.get(invoice_id) for invoice_id in owed}
        assert all(each.total == each.net + each.tax and each.total.amount > 0 for each in accepted)


def fuzz(form: Form, examples: int) -> Callable[[Tally], None]:
    """The test of one format; a short run is the same each time, a long one looks for something new."""

    @settings(
        max_examples=examples,
        deadline=timedelta(seconds=2),
        derandomize=examples < 1_000,
        database=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
        print_blob=True,
    )
    @given(content=mutated(form.files, form.anatomy))
    def test(tally: Tally, content: bytes) -> None:
        check(form, content, tally)

    return test


@pytest.fixture(scope="module")
def tally() -> Iterator[Tally]:
    """Counts the outcomes; a run in which nothing was accepted, or nothing refused, has tried nothing."""
    counts: Tally = Counter()
    yield counts
    for form in {name for name, _ in counts}:
        parsed, refused = counts[form, "parsed"], counts[form, "refused"]
        assert min(parsed, refused) * 20 >= parsed + refused, counts


test_300_mutated_csv_files_end_parsed_or_refused = fuzz(CSV, 300)
test_300_mutated_ubl_documents_end_parsed_or_refused = fuzz(UBL, 300)


def long_run(form: Form) -> Callable[[Tally], None]:
    """The nightly test of one format."""
    return pytest.mark.nightly(pytest.mark.timeout(3_600)(fuzz(form, 10_000)))


test_10000_mutated_csv_files_end_parsed_or_refused = long_run(CSV)
test_10000_mutated_ubl_documents_end_parsed_or_refused = long_run(UBL)


@pytest.mark.parametrize("form", [CSV, UBL], ids=["csv", "ubl"])
def test_the_files_that_are_mutated_are_good_ones(form: Form) -> None:
    for content in form.files:
        upload = form.read(content, file="upload")
        assert upload.problems == ()
        assert {read.invoice.invoice_id for read in upload.invoices} == set(form.sums(content))
        assert form.anatomy.value.search(content)
        assert form.anatomy.block.search(content)
    assert len(form.files) >= 4
