"""A generated company is consistent, and the same for the same seed."""

from __future__ import annotations

import csv
import io
import re
import subprocess
import sys
from datetime import UTC, datetime, timedelta, timezone

import pytest

from scenarios.invoices.oracle.rows import read_rows
from scenarios.invoices.samples.company import generator
from scenarios.invoices.samples.generate import plain
from scenarios.invoices.samples.ubl import RIYADH, ubl_document
from workflows.invoices.rules import reasons_against
from workflows.invoices.uploads.csv_input import MOST_ROWS, read_invoices
from workflows.invoices.uploads.ubl_input import read_ubl_invoice
from workflows.invoices.uploads.upload import LARGEST_FILE_BYTES

BOTH = ("csv", "ubl")


def test_the_same_seed_gives_the_same_bytes_in_another_process() -> None:
    program = (
        "import hashlib; from scenarios.invoices.samples.company import generator;"
        "files = generator.files(seed=5, invoices=30, formats=('csv', 'ubl'));"
        "print(hashlib.sha256(repr(list(files.items())).encode()).hexdigest())"
    )
    command = [sys.executable, "-c", program]
    digests = {subprocess.run(command, check=True, capture_output=True, text=True).stdout for _ in range(2)}
    assert len(digests) == 1
    again = generator.files(seed=5, invoices=30, formats=BOTH)
    assert again == generator.files(seed=5, invoices=30, formats=BOTH)
    assert again != generator.files(seed=6, invoices=30, formats=BOTH)


def test_only_what_is_asked_for_is_written() -> None:
    names = {formats: set(generator.files(seed=1, invoices=2, formats=formats)) for formats in (("csv",), ("ubl",))}
    assert names[("csv",)] == {"README.txt", "customers.csv", "invoices.csv"}
    assert names[("ubl",)] == {"README.txt", "customers.csv", "ubl/SMP-000001.xml", "ubl/SMP-000002.xml"}


def test_customers_are_consistent_and_have_saudi_tax_numbers() -> None:
    files = generator.files(seed=3, invoices=200, formats=("csv",))
    customers = list(csv.DictReader(io.StringIO(files["customers.csv"].decode())))
    by_email = {customer["email"]: customer for customer in customers}
    assert len(by_email) == len(customers) == 50
    assert all(re.fullmatch(r"3\d{9}00003", customer["tax_number"]) for customer in customers)
    assert {customer["name"].isascii() for customer in customers} == {True, False}
    for row in read_rows(files["invoices.csv"].decode()):
        customer = by_email[row["customer_email"]]
        billed = (row["customer_name"], row["customer_tax_number"], row["currency"])
        assert billed == (customer["name"], customer["tax_number"], customer["currency"])


@pytest.mark.parametrize("seed", range(1, 6))
def test_every_invoice_is_accepted_by_the_application(seed: int) -> None:
    files = generator.files(seed=seed, invoices=60, formats=BOTH)
    uploads = [read_invoices(files["invoices.csv"], file="invoices.csv")]
    uploads += [read_ubl_invoice(content, file=name) for name, content in files.items() if name.endswith(".xml")]
    assert [upload.problems for upload in uploads] == [()] * 61
    assert [len(upload.invoices) for upload in uploads] == [60] + [1] * 60
    assert not [read for upload in uploads for read in upload.invoices if reasons_against(read.invoice)]


def test_the_largest_company_fits_one_upload() -> None:
    content = generator.files(seed=2, invoices=1_000, formats=("csv",))["invoices.csv"]
    assert len(content) * 10 < LARGEST_FILE_BYTES
    assert content.count(b"\n") * 10 < MOST_ROWS


def test_the_readme_says_what_it_is() -> None:
    readme = generator.files(seed=9, invoices=8, formats=BOTH)["README.txt"].decode()
    assert readme.startswith("An invented company of 2 customers and 8 invoices")
    assert "seed 9." in readme.splitlines()[0]


@pytest.mark.parametrize(("number", "short"), [("0.10", "0.1"), ("0.00", "0"), ("10", "10"), ("1.50", "1.5")])
def test_plain_numbers_lose_their_last_zeros(number: str, short: str) -> None:
    assert plain(number) == short


def test_an_instant_that_ubl_cannot_say_is_an_error() -> None:
    text = generator.files(seed=1, invoices=1, formats=("csv",))["invoices.csv"].decode()
    row = read_rows(text)[0].cells
    with pytest.raises(ValueError, match="no midnight in Riyadh"):
        ubl_document([{**row, "due_at": "2035-02-01T00:00:00Z"}])
    with pytest.raises(ValueError, match="no midnight in UTC"):
        ubl_document([{**row, "due_at": "2035-02-01T00:00:00+03:00"}], UTC)


@pytest.mark.parametrize(
    ("zone", "text"),
    [(None, "2035-01-31"), (UTC, "2035-01-31Z"), (timezone(timedelta(hours=-3, minutes=-30)), "2035-01-31-03:30")],
)
def test_a_due_day_states_its_zone_or_is_one_in_riyadh(zone: timezone | None, text: str) -> None:
    csv_text = generator.files(seed=1, invoices=1, formats=("csv",))["invoices.csv"].decode()
    midnight = datetime(2035, 2, 1, tzinfo=zone or RIYADH)
    row = {**read_rows(csv_text)[0].cells, "due_at": midnight.isoformat()}
    assert f"<cbc:DueDate>{text}</cbc:DueDate>" in ubl_document([row], zone)
