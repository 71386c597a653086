"""Each way in which an application gives in to what nobody should try is found, and an innocent run is not blamed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from harness.record.record import Effect, Execution, Outcome
from harness.verdict import Verdict
from scenarios.invoices.checks.answers.answers import AnswersCheck
from scenarios.invoices.checks.answers.testing_answers import Answer, given, innocent, with_answers
from scenarios.invoices.workload.adverse_invoices import CANCELLED, CLASHING, CONTESTED, DISCOUNTED, MISLABELLED, PAID

JUDGE = AnswersCheck()
CONTEST = f"adverse/amounts-at-once/{CONTESTED}"


def booked(payment_id: str, amount: str, invoice_id: str = PAID, currency: str = "SAR") -> Effect:
    lines = [
        {"account": "bank", "debit": amount, "credit": "0"},
        {"account": "receivable", "debit": "0", "credit": amount},
    ]
    detail = {"kind": "payment", "memo": f"Payment {payment_id} of invoice {invoice_id}", "lines": lines}
    detail["currency"] = currency
    return Effect("e1", "accounting", "book", "k", invoice_id, "d", 1.0, detail)


def settled(payment_id: str, amount: str, invoice_id: str = PAID, operation: str = "settled") -> Effect:
    detail = {"payment_id": payment_id, "amount": amount, "currency": "SAR"}
    return Effect("e1", "payments", operation, payment_id, invoice_id, "d", 1.0, detail)


def status(number: int, code: int, body: Any = None) -> Callable[[list[Answer]], list[Answer]]:
    def change(answers: list[Answer]) -> list[Answer]:
        answers[number] |= {"status": code} if body is None else {"status": code, "body": body}
        return answers

    return change


def test_an_innocent_run_is_valid_and_says_how_often_each_kind_was_tried() -> None:
    result = JUDGE(innocent())
    assert (result.verdict, result.findings) == (Verdict.VALID, ())
    assert set(result.counts) == {adverse["kind"] for adverse in given()["adverse"]}
    assert min(result.counts.values(), key=int) == 1


@pytest.mark.parametrize("adverse", given()["adverse"], ids=lambda adverse: str(adverse["id"]))
def test_another_answer_than_the_permitted_is_found(adverse: dict[str, Any]) -> None:
    broken = with_answers(innocent(), adverse["id"], status(0, 418))
    result = JUDGE(broken)
    assert result.verdict is Verdict.INVALID
    assert {finding.subject for finding in result.findings} == {adverse["id"]}


@pytest.mark.parametrize("adverse", given()["adverse"], ids=lambda adverse: str(adverse["id"]))
def test_an_operation_that_was_never_answered_makes_its_kind_unknown(adverse: dict[str, Any]) -> None:
    record = innocent()
    ids = {each["id"] for each in given()["adverse"] if each["kind"] == adverse["kind"]}
    left = replace(record, operations=tuple(each for each in record.operations if each.operation_id not in ids))
    result = JUDGE(left)
    assert result.verdict is Verdict.UNKNOWN
    assert adverse["kind"] in result.summary


def test_a_run_in_which_nothing_adverse_was_tried_proves_nothing() -> None:
    assert JUDGE(replace(innocent(), input={**given(), "adverse": []})).verdict is Verdict.UNKNOWN


def test_two_amounts_that_win_at_once_are_found_and_so_is_none() -> None:
    for broken in (status(1, 200, {"payment_id": "PAY-ADV-0003-1"}), status(0, 422)):
        result = JUDGE(with_answers(innocent(), CONTEST, broken))
        assert "exactly one may be" in result.findings[0].message


@pytest.mark.parametrize(
    "payment_id",
    [f"PAY-{PAID}-{word}" for word in ("forged", "malformed", "stale", "ahead", "changed", "currency", "much", "late")],
)
@pytest.mark.parametrize("deed", [booked, settled])
def test_what_was_refused_and_done_all_the_same_is_found(payment_id: str, deed: Callable[[str, str], Effect]) -> None:
    result = JUDGE(innocent(deed(payment_id, "1.00")))
    assert result.verdict is Verdict.INVALID
    assert payment_id in result.findings[0].message
    assert "nothing may come of it" in result.findings[0].message


def test_another_amount_of_a_known_payment_that_was_booked_is_found_and_its_own_is_not() -> None:
    (sends,) = [each["sends"] for each in given()["adverse"] if each["id"] == CONTEST]
    won, lost = sends[0]["webhook"], sends[1]["webhook"]
    currency = won["currency"]
    assert JUDGE(innocent(booked(won["payment_id"], won["amount"], CONTESTED, currency))).verdict is Verdict.VALID
    result = JUDGE(innocent(booked(lost["payment_id"], lost["amount"], CONTESTED, currency)))
    assert lost["amount"] in result.findings[0].message


@pytest.mark.parametrize(
    ("kind", "subject"), [("known-in-another-currency", CANCELLED), ("known-in-another-currency-after-the-end", PAID)]
)
def test_a_known_payment_that_was_booked_in_another_currency_is_found_and_in_its_own_is_not(
    kind: str, subject: str
) -> None:
    (sends,) = [each["sends"] for each in given()["adverse"] if each["id"] == f"adverse/{kind}/{subject}"]
    tried = sends[0]["webhook"]
    (own,) = [
        payment
        for customer in given()["customers"]
        for payment in customer["payments"]
        if payment["payment_id"] == tried["payment_id"]
    ]
    assert (own["amount"] == tried["amount"]) is (own["currency"] != tried["currency"]) is True
    right = innocent(booked(own["payment_id"], own["amount"], subject, own["currency"]))
    assert JUDGE(right).verdict is Verdict.VALID
    result = JUDGE(innocent(booked(tried["payment_id"], tried["amount"], subject, tried["currency"])))
    assert f"{tried['amount']} {tried['currency']} was booked" in result.findings[0].message


@pytest.mark.parametrize(("number", "refused"), [(0, []), (1, [{"field": "cbc:Amount"}]), (2, [{"message": " "}])])
def test_an_upload_that_is_refused_without_a_reason_is_found(number: int, refused: list[dict[str, str]]) -> None:
    body = {"accepted": [], "refused": refused}
    result = JUDGE(with_answers(innocent(), f"adverse/not-billed/{DISCOUNTED}", status(number, 200, body)))
    assert result.verdict is Verdict.INVALID
    assert {finding.subject for finding in result.findings} == {f"adverse/not-billed/{DISCOUNTED}"}


@pytest.mark.parametrize("invoice_id", [DISCOUNTED, MISLABELLED, "ADV/0010"])
def test_what_was_done_for_an_invoice_that_was_refused_as_a_whole_is_found(invoice_id: str) -> None:
    result = JUDGE(innocent(booked(f"PAY-{invoice_id}-1", "1.00", invoice_id)))
    assert f"accounting/book of {invoice_id}, which was refused" in result.findings[0].message


def test_money_that_went_back_is_no_deed() -> None:
    assert JUDGE(innocent(settled("PAY-ADV-0002-much", "9.00", "ADV-0002", "returned"))).verdict is Verdict.VALID
    assert JUDGE(innocent(settled("PAY-ADV-0002-much", "9.00", "ADV-0002"))).verdict is Verdict.INVALID


def test_a_repeat_with_another_receipt_is_found() -> None:
    body = {"payment_id": f"PAY-{CONTESTED}-1", "outstanding": "0.01", "currency": "SAR"}
    result = JUDGE(with_answers(innocent(), f"adverse/replayed-after-the-end/{CONTESTED}", status(0, 200, body)))
    assert "got the receipt" in result.findings[0].message


def test_a_receipt_that_says_another_sum_is_open_is_found() -> None:
    body = {"payment_id": f"PAY-{PAID}-1", "outstanding": "5.00", "currency": "SAR"}
    result = JUDGE(with_answers(innocent(), f"adverse/replayed/{PAID}", status(0, 200, body)))
    assert "are open after" in result.findings[0].message


def test_processing_again_that_begins_another_run_is_found() -> None:
    result = JUDGE(with_answers(innocent(), f"adverse/processed-again/{PAID}", status(0, 202, {"run_id": "run-2"})))
    assert "began the run run-2" in result.findings[0].message


def test_the_second_content_must_be_refused_for_its_id() -> None:
    body = {"accepted": [], "refused": [{"field": "currency", "message": "is unknown"}]}
    result = JUDGE(with_answers(innocent(), f"adverse/two-contents-at-once/{CLASHING}", status(1, 200, body)))
    assert "the reason is its invoice_id" in result.findings[0].message


@pytest.mark.parametrize("kind", ["other-content", "other-goods"])
def test_another_content_of_a_known_invoice_must_be_refused_for_its_id(kind: str) -> None:
    other = f"adverse/{kind}/{CANCELLED}"
    body: dict[str, Any] = {"accepted": [], "refused": [{"field": "customer_name", "message": "is known otherwise"}]}
    assert (
        "the reason is its invoice_id"
        in JUDGE(with_answers(innocent(), other, status(0, 200, body))).findings[0].message
    )
    body = {"accepted": [CANCELLED], "refused": []}
    assert (
        "was answered accepted; permitted is refused"
        in JUDGE(with_answers(innocent(), other, status(0, 200, body))).findings[0].message
    )


def test_the_books_call_paid_what_the_genuine_payments_make() -> None:
    record = innocent(settled("PAY-ADV-0001-1", "5.00"))
    shown = {**record.shown, PAID: {"paid": "5.00", "status": "paid"}}
    assert JUDGE(replace(record, shown=shown)).verdict is Verdict.VALID
    result = JUDGE(replace(record, shown={**shown, PAID: {"paid": "6.00", "status": "paid"}}))
    assert "the genuine payments make 5.00" in result.findings[0].message


def test_an_answer_that_is_not_sure_is_none() -> None:
    record = innocent()
    unsure = [
        replace(e, outcome=Outcome.UNKNOWN, detail={"answers": []}) if e.name == "adverse" else e
        for e in record.operations
    ]
    assert JUDGE(replace(record, operations=tuple(unsure))).verdict is Verdict.UNKNOWN


@pytest.mark.parametrize(("closed_seconds", "verdict"), [(-1.0, Verdict.INVALID), (0.5, Verdict.VALID)])
def test_a_cancellation_may_take_long_until_the_workflow_was_seen_to_end(
    closed_seconds: float, verdict: Verdict
) -> None:
    answered = with_answers(innocent(), f"adverse/cancelled-again/{CANCELLED}", status(0, 202))
    workflow = Execution("w", "r", "T", "COMPLETED", closed_seconds=closed_seconds, subject=CANCELLED)
    assert JUDGE(replace(answered, executions=(workflow,))).verdict is verdict
