"""*receipts*: what the application answers to a payment is the receipt of that payment, and the same each time.

A receipt is the payment's id, its currency, and what is open after it in exactly the digits of that currency. What is
open must be true in some order of the invoice's payments: of payments at once nobody outside knows which came first.
The sums are the oracle's; that a payment is counted at all is *payments*' to say.

Not covered: what is answered to a payment that is not a customer's; that it is none is *answers*' to say.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from harness.judge.checks.effects import story_of
from harness.record.record import Record
from harness.verdict import CheckResult, Finding, Verdict, counted
from scenarios.invoices.checks.facts.contested import amounts_won
from scenarios.invoices.checks.facts.expected import expected_invoices
from scenarios.invoices.checks.facts.facts import facts_of
from scenarios.invoices.checks.facts.identities import BOOK
from scenarios.invoices.oracle.adverse import contested_payments
from scenarios.invoices.oracle.arithmetic import DECIMALS, amount_in, is_sum_of_some
from scenarios.invoices.oracle.expected import Expected, ExpectedPayment

Json = Mapping[str, Any]
Told = Sequence[Any]
"""What was said in each 2xx for one payment; ``None`` where that was no JSON object."""

FIELDS = frozenset({"payment_id", "outstanding", "currency"})


@dataclass(frozen=True)
class ReceiptsCheck:
    """Holds every receipt against the payment it is for, and those of an invoice against each other."""

    name: str = field(default="receipts", init=False)

    def __call__(self, record: Record) -> CheckResult:
        """INVALID for a receipt that is wrong; UNKNOWN when none was kept, as in records from before they were."""
        # Who answers some with a receipt owes one to all; of a record without any, nobody knows what was answered.
        kept = any(each.answer is not None for each in record.webhooks)
        told = _told(record) if kept else {}
        unknown = contested_payments(record.input).keys() - amounts_won(record).keys() if kept else set()
        findings: list[Finding] = []
        judged: list[str] = []
        for expected in expected_invoices(record).values() if kept else ():
            heard = [(each, told[key]) for each in expected.payments if (key := _key(expected, each)) in told]
            judged += [expected.judged.currency] * len(heard)
            wrong = [(each.payment_id, text) for each, said in heard for text in _wrong(expected, each, said)]
            # Nobody knows the amount of a payment that came with many at once and was never paid.
            if heard and not wrong and not any(each.payment_id in unknown for each in expected.payments):
                wrong = [(expected.invoice_id, text) for text in _wrong_sums(record, expected, heard)]
            story = story_of(record, expected.invoice_id) if wrong else ()
            findings += [Finding(subject, text, story) for subject, text in wrong]
        odd = sum(DECIMALS[currency] != 2 for currency in judged)
        counts: dict[str, int | float | str] = {"receipts": len(judged), "not in two digits": odd}
        if findings:
            found = counted(len(findings), "receipt is wrong", "receipts are wrong")
            return CheckResult(self.name, Verdict.INVALID, found, tuple(findings), counts)
        if not judged:
            return CheckResult(self.name, Verdict.UNKNOWN, "no receipt was kept, so none was checked", (), counts)
        summary = f"{counted(len(judged), 'payment has its receipt', 'payments have their receipts')}, always the same"
        return CheckResult(self.name, Verdict.VALID, f"{summary}, and what they call open is right", (), counts)


def _key(expected: Expected, payment: ExpectedPayment) -> tuple[str, str]:
    return expected.invoice_id, payment.payment_id


def _told(record: Record) -> Mapping[tuple[str, str], Told]:
    """Invoice and payment → what was said of it, to the provider first and then to who sent its webhook again."""
    told: defaultdict[tuple[str, str], list[Any]] = defaultdict(list)
    for each in record.webhooks:
        if each.status is not None and 200 <= each.status < 300:
            told[each.reference, each.subject].append(each.answer)
    operations = {operation.operation_id: operation for operation in record.operations}
    for adverse in record.input.get("adverse", ()):
        operation = operations.get(adverse["id"])
        for answer in operation.detail.get("answers", ()) if operation is not None else ():
            webhook = adverse["sends"][answer["request"]].get("webhook")
            if webhook is not None and 200 <= answer["status"] < 300:
                told[webhook["invoice_id"], webhook["payment_id"]].append(answer["body"])
    return told


def _wrong(expected: Expected, payment: ExpectedPayment, told: Told) -> Iterator[str]:
    """What is wrong with what was said of one payment, whatever others there are."""
    (first, *repeats), currency = told, expected.judged.currency
    if not isinstance(first, Mapping) or first.keys() != FIELDS:
        yield f"was answered {first}; a receipt says {', '.join(sorted(FIELDS))} and nothing else"
    elif (first["payment_id"], first["currency"]) != (payment.payment_id, currency):
        yield f"got the receipt {first}, which is not of {payment.payment_id} in {currency}"
    elif _outstanding(first, currency) is None:
        digits = f"an amount in {currency} has {DECIMALS[currency]} digits after its point, and no sign"
        yield f"its receipt says that {first['outstanding']!r} are open; {digits}"
    yield from (f"got the receipt {said}, and {first} before" for said in repeats if said != first)


def _outstanding(receipt: Json, currency: str) -> Decimal | None:
    text = receipt["outstanding"]
    return amount_in(text, currency) if isinstance(text, str) else None


def _wrong_sums(record: Record, expected: Expected, heard: Sequence[tuple[ExpectedPayment, Told]]) -> Iterator[str]:
    """What is wrong with the receipts of an invoice beside each other; each of them is one.

    Payments take the total down one after the other. Put in the order of what is open, each leaves what the one before
    left without its own amount; a payment that counts and whose receipt nobody saw may have come anywhere between.
    """
    total, currency = expected.judged.total, expected.judged.currency
    unseen = _unseen(record, expected, {each.payment_id for each, _ in heard})
    owed = [(open_, each) for each, told in heard if (open_ := _outstanding(told[0], currency)) is not None]
    paid = gap = Decimal(0)
    for open_, payment in sorted(owed, key=lambda each: -each[0]):
        paid, before = paid + payment.amount, gap
        gap = total - paid - open_
        if not (is_sum_of_some(gap, unseen) and is_sum_of_some(gap - before, unseen)):
            said = ", ".join(f"{each.payment_id} of {each.amount} leaves {left}" for left, each in owed)
            more = f", and {', '.join(map(str, unseen))} may have come between" if unseen else ""
            yield f"in no order do its payments leave that of {total} {currency}: {said}{more}"
            return


def _unseen(record: Record, expected: Expected, heard: Collection[str]) -> list[Decimal]:
    """The amounts of payments that may count, because they are booked, and whose receipt nobody saw."""
    done = facts_of(record).done
    return [
        each.amount
        for each in expected.payments
        if each.payment_id not in heard and (BOOK, f"payment {each.payment_id}") in done
    ]
