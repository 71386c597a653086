"""What may be answered to what nobody should try, computed from the input of the run alone.

Each operation is one or more requests at once; each answer is put into a word (a status, or what became of an upload)
and must be among the permitted. Where exactly one of several may win, ``once`` is that one's word. What an answer says
of money (a receipt) is computed, too, where no other payment could change it.

Not covered: requests that may be right and that nobody planned to be; there is none among them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from scenarios.invoices.oracle.invoices import Fate, JudgedInvoice, judge
from scenarios.invoices.oracle.ubl import judge_ubl

LARGEST_FILE_BYTES = 8 * 1024 * 1024
ACCEPTED, REFUSED = "accepted", "refused"
CONTEST = "amounts-at-once"
"""The kind of the operation in which one payment's id comes with many amounts at once."""

Json = Mapping[str, Any]


@dataclass(frozen=True)
class Receipt:
    """What the answer to a payment says: how much is open after it."""

    payment_id: str
    outstanding: Decimal
    currency: str


@dataclass(frozen=True)
class Permitted:
    """The permitted words for the answers of one operation.

    ``answers`` has a set for each of its requests. ``once`` is the word that exactly one of them must have beside that,
    ``None`` where none may. ``receipt`` is what an answer of 200 says, ``None`` where the oracle cannot tell.
    """

    answers: tuple[frozenset[str], ...]
    once: str | None = None
    receipt: Receipt | None = None


@dataclass(frozen=True)
class Facts:
    """What the input says of the run. ``customers`` are by the id of their invoice; see ``contested_payments``."""

    invoices: Mapping[str, JudgedInvoice]
    customers: Mapping[str, Json]
    contested: Mapping[str, str]

    def payment(self, invoice_id: str, payment_id: str) -> Json | None:
        """The customer's own payment of this id, ``None`` when there is none."""
        payments = self.customers.get(invoice_id, {}).get("payments", ())
        return next((payment for payment in payments if payment["payment_id"] == payment_id), None)


ENDING = "ending"
"""A moment that nobody plans: the books show the end of an invoice while its workflow has a last task to do."""


def facts_of(given: Json, judged: Iterable[JudgedInvoice] | None = None) -> Facts:
    """The facts in the input of a run.

    :param judged: the invoices of its files, where somebody has judged them already.
    """
    if judged is None:
        judged = (invoice for text in given["files"].values() for invoice in judge(text))
    invoices = {invoice.invoice_id: invoice for invoice in judged}
    return Facts(
        invoices, {customer["invoice_id"]: customer for customer in given["customers"]}, contested_payments(given)
    )


def contested_payments(given: Json) -> Mapping[str, str]:
    """Payments that came with many amounts at once: payment id → id of the invoice."""
    return {
        sending["webhook"]["payment_id"]: adverse["subject"]
        for adverse in given.get("adverse", ())
        if adverse["kind"] == CONTEST
        for sending in adverse["sends"]
    }


def payments_told_by_others(given: Json) -> frozenset[str]:
    """The payments of which somebody else than the provider sends a webhook, rightly signed or not."""
    sends = (sending for adverse in given.get("adverse", ()) for sending in adverse["sends"])
    return frozenset(sending["webhook"]["payment_id"] for sending in sends if "webhook" in sending)


def permitted(adverse: Json, facts: Facts, moment: str | None = None) -> Permitted:
    """What may be answered to this operation.

    :param moment: when it was asked for, where that is known better than by plan: `ENDING` when the books showed the
        end and the workflow had not been seen to end.
    :raises ValueError: it sends what may be right, or what the oracle does not know.
    """
    sends: Sequence[Json] = adverse["sends"]
    if adverse["kind"] == CONTEST:
        return Permitted(tuple(frozenset({"422"}) for _ in sends), once="200")
    texts = [sending["text"] for sending in sends if "text" in sending]
    if len(texts) > 1:
        return Permitted(tuple(frozenset({REFUSED}) for _ in sends), once=ACCEPTED)
    receipts = [_receipt(sending["webhook"], facts) for sending in sends if "webhook" in sending]
    receipt = next((each for each in receipts if each is not None), None)
    moment = adverse["moment"] if moment is None else moment
    return Permitted(tuple(_of(sending, moment, facts) for sending in sends), receipt=receipt)


def _of(sending: Json, moment: str, facts: Facts) -> frozenset[str]:
    if "webhook" in sending:
        return frozenset({_webhook(sending, moment, facts)})
    if "pay" in sending:
        return frozenset({"returned"})
    if "show" in sending and not _known(sending["show"], facts):
        return frozenset({"404"})
    if "process" in sending:
        return frozenset({"202" if _known(sending["process"], facts) else "404"})
    if "cancel" in sending:
        return _cancel(sending["cancel"], sending["body"], moment, facts)
    if "content_type" in sending:
        return _upload(sending, facts)
    raise ValueError(f"nobody knows what may be answered to {dict(sending)}")


def _webhook(sending: Json, moment: str, facts: Facts) -> str:
    payment = sending["webhook"]
    invoice_id, payment_id = payment["invoice_id"], payment["payment_id"]
    if sending["signed"] != "well":
        return "401"
    if sending.get("cut"):
        return "422"
    if not _known(invoice_id, facts):
        return "404"
    invoice = facts.invoices[invoice_id]
    own = facts.payment(invoice_id, payment_id)
    if own is not None:
        # The amount that won a contest is told as none: only the run knows it.
        same = payment["amount"] is None if payment_id in facts.contested else _same(payment, own)
        return "200" if same else "422"
    if invoice.fate is Fate.INVALID or moment in ("ended", ENDING):
        return "409"
    if moment == "open" and (
        payment["currency"] != invoice.currency or not 0 < Decimal(payment["amount"]) <= invoice.total
    ):
        return "422"
    raise ValueError(f"{payment_id} of {payment['amount']} {payment['currency']} may be right for {invoice_id}")


def _cancel(invoice_id: str, body: Json, moment: str, facts: Facts) -> frozenset[str]:
    """Another reason changes nothing of it: the first one stands, which the letters, documents and results checks see.

    Before the end it may take longer than a request may (202).
    """
    if not str(body.get("reason", "")).strip():
        return frozenset({"422"})
    if not _known(invoice_id, facts):
        return frozenset({"404"})
    if facts.invoices[invoice_id].fate is not Fate.GOOD or facts.customers[invoice_id]["cancel_seconds"] is None:
        return frozenset({"409"})
    return frozenset({"200"} if moment == "ended" else {"200", "202"})


def _upload(sending: Json, facts: Facts) -> frozenset[str]:
    """A file of the run is accepted however often it comes, another content of what it holds never is.

    What cannot be read is refused in one way or another.
    """
    if sending["content_type"] not in ("text/csv", "application/xml"):
        return frozenset({"415"})
    if sending.get("bytes", 0) > LARGEST_FILE_BYTES:
        return frozenset({"413"})
    if "file" in sending:
        return frozenset({ACCEPTED})
    if "text" in sending:
        if all(_known(invoice.invoice_id, facts) for invoice in judge(sending["text"])):
            return frozenset({REFUSED})
        raise ValueError(f"a content under an id that nobody knows may be right: {sending['text'][:80]!r}")
    content = sending["document"].encode() if "document" in sending else bytes.fromhex(sending["hex"])
    try:
        judged = judge(content.decode()) if sending["content_type"] == "text/csv" else (judge_ubl(content),)
    except ValueError:
        return frozenset({REFUSED, "415", "422"})
    if all(invoice.fate is Fate.REFUSED for invoice in judged):
        return frozenset({REFUSED, "422"})
    raise ValueError(f"a file that can be read may be right: {content[:80]!r}")


def _receipt(payment: Json, facts: Facts) -> Receipt | None:
    """Of an invoice's only payment."""
    customer = facts.customers.get(payment["invoice_id"])
    if customer is None or payment["amount"] is None or len(customer["payments"]) != 1:
        return None
    own = facts.payment(payment["invoice_id"], payment["payment_id"])
    if own is None or payment["payment_id"] in facts.contested or not _same(payment, own):
        return None
    invoice = facts.invoices[payment["invoice_id"]]
    return Receipt(payment["payment_id"], invoice.total - Decimal(own["amount"]), invoice.currency)


def _known(invoice_id: str, facts: Facts) -> bool:
    """Whether the books have it: it was uploaded, and not refused."""
    invoice = facts.invoices.get(invoice_id)
    return invoice is not None and invoice.fate is not Fate.REFUSED


def _same(payment: Json, own: Json) -> bool:
    return payment["currency"] == own["currency"] and Decimal(payment["amount"]) == Decimal(own["amount"])
