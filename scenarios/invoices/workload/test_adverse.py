"""What nobody should try: every kind in every run, in an order that holds on any machine, and nothing secret told."""

from __future__ import annotations

import random
import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from harness.seed import Seed
from scenarios.invoices.oracle.adverse import facts_of, permitted
from scenarios.invoices.oracle.bills import bills
from scenarios.invoices.oracle.invoices import Fate, judge
from scenarios.invoices.oracle.ubl import due, judge_ubl
from scenarios.invoices.oracle.ubl_reading import read_ubl
from scenarios.invoices.workload.adverse_invoices import CANCELLED, draw_rows, draw_zoned, with_other_goods
from scenarios.invoices.workload.customers import HABITS, MANY_PARTS
from scenarios.invoices.workload.invoices import InvoiceWorkload
from scenarios.invoices.workload.sample import as_csv
from scenarios.invoices.workload.uploading import CSV, UBL, DatedFile

ALWAYS = {
    *("forged", "forged-malformed", "forged-of-nothing", "stale", "ahead", "changed"),
    *("other-currency", "too-much", "paid-too-much"),
    *("replayed-at-once", "replayed", "replayed-after-the-end", "amounts-at-once", "other-amount"),
    *("known-in-another-currency", "known-in-another-currency-after-the-end"),
    *("other-amount-after-the-end", "payment-after-the-end", "payment-of-nothing", "processed-again"),
    *("processed-nothing", "cancelled-without-reason", "cancelled-after-the-end", "cancelled-again"),
    *("cancelled-for-another-reason", "cancelled-for-another-reason-after-the-end"),
    *("cancelled-nothing", "uploaded-as-csv", "uploaded-again", "uploaded-at-once", "two-contents-at-once"),
    *("malformed", "too-large", "other-content", "other-goods", "not-billed", "misnamed", "odd-ids"),
    "nothing-of-it",
}


def workload(seed: int, habits: Mapping[str, int] = HABITS) -> InvoiceWorkload:
    return InvoiceWorkload(Seed(seed), count=24, rate_per_second=4.0, habits=habits)


@pytest.mark.parametrize("seed", range(1, 8))
def test_every_kind_is_tried_in_every_run_and_the_oracle_knows_what_may_be_answered(seed: int) -> None:
    for habits, more in ((HABITS, set[str]()), (MANY_PARTS, {"other-amount-in-a-new-run"})):
        given = workload(seed, habits).describe()
        facts = facts_of(given)
        assert {adverse["kind"] for adverse in given["adverse"]} == ALWAYS | more
        for adverse in given["adverse"]:
            assert len(permitted(adverse, facts).answers) == len(adverse["sends"])


def test_every_end_of_an_invoice_is_paid_after() -> None:
    given = workload(1).describe()
    ended = {each["subject"] for each in given["adverse"] if each["kind"].startswith("payment-")}
    assert ended == {"ADV-0001", "ADV-0002", "ADV-0003", "ADV-0004", "ADV-0005", "ADV-0006", "ADV-0404"}
    assert [
        p["payment_id"] for c in given["customers"] for p in c["payments"] if not p["payment_id"].startswith("PAY-")
    ] == ["cancel"]


def test_operations_are_told_apart_and_wait_only_for_what_is_there_and_comes_to_an_end() -> None:
    operations = {each.operation_id: each for each in workload(3, MANY_PARTS).operations()}
    assert len(operations) == len(workload(3, MANY_PARTS).operations())
    left: dict[str, set[str]] = {each.operation_id: {*each.needs, *each.follows} for each in operations.values()}
    assert all(before <= operations.keys() for before in left.values())
    while left:
        free = {name for name, before in left.items() if not before & left.keys()}
        assert free, f"these wait for each other: {sorted(left)}"
        left = {name: before for name, before in left.items() if name not in free}


def test_what_ends_an_invoice_comes_after_all_that_is_tried_while_it_is_open() -> None:
    plan = workload(2)
    operations = {each.operation_id: each for each in plan.operations()}
    ends = {"ADV-0001": "pay/PAY-ADV-0001-1", "ADV-0002": "cancel/ADV-0002", "ADV-0003": "cancel/ADV-0003"}

    def before(operation_id: str) -> set[str]:
        direct = {*operations[operation_id].needs, *operations[operation_id].follows}
        return direct.union(*(before(each) for each in direct))

    for adverse in plan.describe()["adverse"]:
        if adverse["moment"] == "open":
            assert adverse["id"] in before(ends[adverse["subject"]])


def test_no_draw_of_anything_else_is_taken() -> None:
    names: list[str] = []

    class Listening(Seed):
        def stream(self, name: str) -> random.Random:
            names.append(name)
            return super().stream(name)

    InvoiceWorkload(Listening(1), count=24, rate_per_second=4.0)
    assert names == [
        "data",
        "canaries",
        "customers",
        "double-clicks",
        "adverse",
        "adverse-cancelled",
        "adverse-zoned",
        "adverse-mislabelled",
    ]


def test_what_is_told_is_plain_and_says_how_a_webhook_is_signed_and_not_with_what() -> None:
    words: set[str] = set()

    def walk(value: Any) -> None:
        if isinstance(value, dict):
            words.update(str(key) for key in value)
            for each in value.values():
                walk(each)
        elif isinstance(value, list):
            for each in value:
                walk(each)
        else:
            assert value is None or isinstance(value, str | int)

    walk(workload(1).describe()["adverse"])
    assert not {word for word in words if "secret" in word or "signature" in word}
    assert {"webhook", "signed", "process", "cancel", "pay", "content_type"} <= words


@pytest.mark.parametrize("seed", range(20))
def test_the_document_says_what_its_rows_say(seed: int) -> None:
    file = DatedFile(draw_rows(random.Random(seed), random.Random(seed)).document, from_midnight=True)
    (as_csv,), as_ubl = judge(file.content(CSV).decode()), judge_ubl(file.content(UBL))
    assert (as_csv.invoice_id, as_csv.fate, as_csv.total) == (as_ubl.invoice_id, as_ubl.fate, as_ubl.total)
    assert file.content(UBL) == file.content(UBL)
    assert "+00:00" in str(file.moment["dated_at"])


def test_other_goods_are_the_same_invoice_in_everything_but_what_was_sold() -> None:
    listed = DatedFile(draw_rows(random.Random(1), random.Random(2)).listed)
    (before,), (after,) = (
        bills(as_csv(rows)) for rows in (listed.rows(CANCELLED), with_other_goods(listed.rows(CANCELLED)))
    )
    told = [each.description for each in after.lines]
    assert told != [each.description for each in before.lines]
    lines = (replace(each, description=text) for each, text in zip(before.lines, told, strict=True))
    assert after == replace(before, lines=tuple(lines))


@pytest.mark.parametrize("seed", range(9))
def test_a_document_states_a_zone_in_which_its_due_day_ends_at_another_instant_than_in_riyadh(seed: int) -> None:
    rows, zone = draw_zoned(random.Random(seed))
    file = DatedFile(rows, from_midnight=True, due_zone=zone)
    (bill,) = bills(file.content(CSV).decode())
    document = file.content(UBL)
    stated = due(read_ubl(document)[0])
    assert judge_ubl(document).fate is Fate.GOOD
    assert stated == bill.due_at
    assert stated != due(read_ubl(re.sub(rb"(<cbc:DueDate>.{10})[^<]+", rb"\1", document))[0])
