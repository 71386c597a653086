"""Receipts that are no receipt, are another the next time, or call open what is not, are found."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.record.record import Operation, Outcome, Record, WebhookTry
from harness.verdict import Verdict
from scenarios.invoices.checks.answers.receipts import ReceiptsCheck
from scenarios.invoices.checks.facts.testing_records import INVOICE, booking, effect, fate, record, tried
from scenarios.invoices.oracle.adverse import CONTEST
from scenarios.invoices.oracle.arithmetic import DECIMALS
from scenarios.invoices.oracle.test_invoices import csv_of

AMOUNTS = ("15.00", "30.00", "20.00")
"""Of 115.00; what is left is never paid."""


def ids(count: int) -> list[str]:
    return [f"PAY-{INVOICE}-{number}" for number in range(1, count + 1)]


def receipt(payment_id: str, outstanding: Any, currency: str = "SAR") -> dict[str, Any]:
    return {"payment_id": payment_id, "outstanding": outstanding, "currency": currency}


def told(payment_id: str, *answers: Mapping[str, Any] | None) -> tuple[WebhookTry, ...]:
    """Deliveries of a payment's webhook that were each answered 200 and this."""
    return tuple(
        replace(tried(payment_id, 1.0), delivery=number, answer=answer) for number, answer in enumerate(answers, 1)
    )


def run(
    left: Sequence[str | None],
    amounts: Sequence[str] = AMOUNTS,
    currency: str = "SAR",
    total: str = "115.00",
    more: Sequence[WebhookTry] = (),
) -> Record:
    """A run in which payments of these amounts counted, and their receipts say that so much is left.

    What nobody saw a receipt of (``None``) was booked, and never answered.
    """
    payments = ids(len(amounts))
    memo = "Payment {} of invoice " + INVOICE
    made = record(
        *(booking("payment", number + 1.0, memo.format(each)) for number, each in enumerate(payments)),
        *(fate(each, "settled", number + 1.5) for number, each in enumerate(payments) if left[number] is not None),
        payments=payments,
        webhooks=[
            *(
                each
                for payment_id, owed in zip(payments, left, strict=True)
                for each in (
                    told(payment_id, receipt(payment_id, owed, currency))
                    if owed is not None
                    else (tried(payment_id, 1.0, status=None),)
                )
            ),
            *more,
        ],
    )
    (customer,) = made.input["customers"]
    paid = [
        {**each, "amount": amount, "currency": currency}
        for each, amount in zip(customer["payments"], amounts, strict=True)
    ]
    price = {"quantity": "1", "unit_price": total, "tax_rate": "0", "line_total": total, "invoice_total": total}
    files = {"invoices.csv": csv_of({"currency": currency, **price})}
    return replace(made, input={**made.input, "files": files, "customers": [{**customer, "payments": paid}]})


def messages(damaged: Record) -> str:
    result = ReceiptsCheck()(damaged)
    assert result.verdict is Verdict.INVALID, result.summary
    return "\n".join(f"{finding.subject}: {finding.message}" for finding in result.findings)


def verdict(of: Record) -> Verdict:
    return ReceiptsCheck()(of).verdict


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
def test_payments_may_have_come_in_any_order(order: Sequence[int]) -> None:
    left, owed = [""] * 3, Decimal("115.00")
    for place in order:
        owed -= Decimal(AMOUNTS[place])
        left[place] = f"{owed}"
    result = ReceiptsCheck()(run(left))
    assert (result.verdict, result.counts) == (Verdict.VALID, {"receipts": 3, "not in two digits": 0})


@given(st.data())
def test_whatever_is_paid_in_whatever_order_and_currency_true_receipts_are_right(data: st.DataObject) -> None:
    currency = data.draw(st.sampled_from(sorted(DECIMALS)))
    units = data.draw(st.lists(st.integers(1, 5000), min_size=1, max_size=6))
    unpaid = data.draw(st.integers(0, 3000))

    def text(amount: int) -> str:
        return f"{Decimal(amount).scaleb(-DECIMALS[currency]):f}"

    left, owed = [""] * len(units), sum(units) + unpaid
    for place in data.draw(st.permutations(range(len(units)))):
        owed -= units[place]
        left[place] = text(owed)
    heard = data.draw(st.lists(st.booleans(), min_size=len(units), max_size=len(units)).filter(any))
    seen = [each if known else None for each, known in zip(left, heard, strict=True)]
    whole = run(seen, list(map(text, units)), currency, text(sum(units) + unpaid))
    assert verdict(whole) is Verdict.VALID
    place = data.draw(st.sampled_from([place for place, each in enumerate(seen) if each is not None]))
    wrong = data.draw(st.integers(0, sum(units) + unpaid).map(text).filter(lambda each: each != left[place]))
    if all(heard):
        broken = run(
            [*left[:place], wrong, *left[place + 1 :]], list(map(text, units)), currency, text(sum(units) + unpaid)
        )
        assert verdict(broken) is Verdict.INVALID


@pytest.mark.parametrize(
    ("left", "why"),
    [
        (["100.00", "85.00", "65.00"], "two payments at once that do not see each other"),
        (["100.00", "70.00", "70.00"], "one that counts for nothing"),
        (["100.00", "70.00", "0.00"], "what is open in the end"),
        (["115.00", "85.00", "65.00"], "what was open before"),
        (["100.01", "70.01", "50.01"], "another total"),
    ],
)
def test_what_no_order_makes_is_found(left: Sequence[str], why: str) -> None:
    found = messages(run(left))
    assert f"{INVOICE}: in no order do its payments leave that of 115.00 SAR" in found, why


@pytest.mark.parametrize(
    ("currency", "text"),
    [
        *(("SAR", text) for text in ("100.0", "100", "100.000", "-15.00", "+100.00", "1e2", "100,00", "", " 100.00")),
        *(("KWD", text) for text in ("100.00", "100")),
        *(("JPY", text) for text in ("100.00", "100.")),
        *(("SAR", number) for number in (115, 99.5, None)),
    ],
)
def test_what_is_open_is_written_in_the_digits_of_its_currency(currency: str, text: Any) -> None:
    digits = DECIMALS[currency]
    paid, total = (f"{Decimal(amount).scaleb(0):.{digits}f}" for amount in (15, 115))
    broken = run([f"{100:.{digits}f}"], [paid], currency, total)
    assert verdict(broken) is Verdict.VALID
    (one,) = broken.webhooks
    broken = replace(broken, webhooks=(replace(one, answer={**(one.answer or {}), "outstanding": text}),))
    assert f"its receipt says that {text!r} are open" in messages(broken)


@pytest.mark.parametrize(
    "answer",
    [
        {"payment_id": ids(1)[0], "outstanding": "100.00"},
        {**receipt(ids(1)[0], "100.00"), "status": "sent"},
        {},
    ],
)
def test_a_receipt_says_three_things_and_nothing_else(answer: Mapping[str, Any]) -> None:
    broken = run(["100.00"], ["15.00"])
    broken = replace(broken, webhooks=told(ids(1)[0], answer))
    assert "a receipt says currency, outstanding, payment_id and nothing else" in messages(broken)


@pytest.mark.parametrize("answer", [receipt("PAY-OTHER-1", "100.00"), receipt(ids(1)[0], "100.00", "USD")])
def test_a_receipt_is_of_its_payment(answer: Mapping[str, Any]) -> None:
    broken = replace(run(["100.00"], ["15.00"]), webhooks=told(ids(1)[0], answer))
    assert "which is not of" in messages(broken)


def test_who_answers_some_with_a_receipt_owes_one_to_all() -> None:
    broken = run(["100.00", "70.00", "50.00"])
    first, *others = broken.webhooks
    assert f"{first.subject}: was answered None" in messages(
        replace(broken, webhooks=(replace(first, answer=None), *others))
    )


def test_a_repeat_gets_the_first_receipt() -> None:
    first, other = receipt(ids(1)[0], "100.00"), receipt(ids(1)[0], "0.00")
    whole = run(["100.00"], ["15.00"])
    assert verdict(replace(whole, webhooks=told(ids(1)[0], first, first))) is Verdict.VALID
    broken = replace(whole, webhooks=told(ids(1)[0], first, other))
    assert f"{ids(1)[0]}: got the receipt {other}, and {first} before" in messages(broken)


def replayed(of: Record, answer: Any, kind: str = "replayed", amount: str = "15.00") -> Record:
    """The run in which somebody else sent the webhook of the first payment again, and was answered 200."""
    told = {"request": 0, "status": 200, "body": answer}
    operation = Operation(f"adverse/{kind}", "adverse", INVOICE, 9, 9, 9.1, Outcome.OK, 1, {"answers": [told]})
    webhook = {"payment_id": ids(1)[0], "invoice_id": INVOICE, "amount": amount, "currency": "SAR"}
    listed = {"id": f"adverse/{kind}", "kind": kind, "subject": INVOICE, "sends": [{"webhook": webhook}]}
    return replace(of, operations=(*of.operations, operation), input={**of.input, "adverse": [listed]})


def test_whoever_sends_it_again_gets_the_first_receipt() -> None:
    whole, first = run(["100.00"], ["15.00"]), receipt(ids(1)[0], "100.00")
    assert verdict(replayed(whole, first)) is Verdict.VALID
    for other in (receipt(ids(1)[0], "0.00"), receipt(ids(1)[0], "100.0"), "OK", None):
        assert f"{other}, and {first} before" in messages(replayed(whole, other))


@pytest.mark.parametrize("left", [["100.00", None, "80.00"], ["70.00", None, "50.00"], [None, None, "95.00"]])
def test_what_nobody_saw_a_receipt_of_may_have_come_anywhere(left: Sequence[str | None]) -> None:
    assert verdict(run(left)) is Verdict.VALID


@pytest.mark.parametrize("left", [["100.00", None, "79.99"], ["40.00", None, "20.00"], ["115.00", None, "95.00"]])
def test_it_may_not_have_come_with_another_amount(left: Sequence[str | None]) -> None:
    assert "30.00 may have come between" in messages(run(left))


def test_it_comes_only_once() -> None:
    # Each step alone could be the 20.00 that nobody heard of; both cannot.
    assert "in no order" in messages(run(["80.00", "30.00", None]))


def test_of_a_contested_payment_the_amount_that_was_paid_counts() -> None:
    owed = receipt(ids(1)[0], "99.00")
    contested = replayed(run(["99.00"], ["15.00"]), owed, CONTEST, "16.00")
    assert verdict(contested) is Verdict.VALID, "nobody knows what won"
    pay = effect("payments", "pay", "pay", 0.5, payment_id=ids(1)[0], invoice_id=INVOICE, amount="16.00")
    assert verdict(replace(contested, effects=(*contested.effects, pay))) is Verdict.VALID
    other = replace(pay, detail={**pay.detail, "amount": "17.00"})
    assert "of 17.00 leaves 99.00" in messages(replace(contested, effects=(*contested.effects, other)))


def test_without_any_receipt_nothing_is_proved() -> None:
    whole = run(["100.00", "70.00", "50.00"])
    old = replace(whole, webhooks=tuple(replace(each, answer=None) for each in whole.webhooks))
    assert verdict(old) is Verdict.UNKNOWN
    assert verdict(replayed(old, receipt(ids(1)[0], "100.00"))) is Verdict.UNKNOWN
