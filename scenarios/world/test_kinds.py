"""The kinds of effect: told apart by what the world received, and none that the application knows stands in no cell."""

from __future__ import annotations

import typing
from collections.abc import Callable
from dataclasses import asdict
from datetime import timedelta
from typing import Any

import pytest
from temporalio.testing import ActivityEnvironment

from harness.cuts import WAYS
from harness.seed import Seed
from scenarios.test_every_cut import CLAIM, plan
from scenarios.world.control import OPERATIONS
from scenarios.world.kinds import EFFECT_KINDS, ENTRY_KINDS, KINDS, OTHER_MAIL, effect_kind, kind_of
from scenarios.world.ledger import Request
from scenarios.world.smtp import read_mail
from workflows.app import app
from workflows.gateways.mail import SmtpMail
from workflows.in_memory import Outside, sample_invoice
from workflows.invoices.activities import InvoiceActivities
from workflows.invoices.messages import CreditNote, Mailing, PaymentBooking, Reminding, StatusChange
from workflows.invoices.model import Payment, Status
from workflows.money import Money

# What a customer does, and no activity: nobody of ours waits for the answer.
NOT_OURS = {("payments", "pay")}


@pytest.mark.parametrize("seed", [1, 2, 3, 4711])
def test_every_kind_of_effect_is_cut_in_every_way(seed: int) -> None:
    cells = [(fault.cut.effect, fault.cut.way) for fault in plan(Seed(seed)).faults if fault.cut]
    assert sorted(cells) == sorted((effect, way) for effect in EFFECT_KINDS for way in WAYS)


async def test_every_activity_brings_about_a_kind_that_is_cut_or_nothing() -> None:
    found = {name: await effects_of(getattr(InvoiceActivities, name)) for names in activities() for name in names}
    assert {kind for kinds in found.values() for kind in kinds} == set(EFFECT_KINDS)
    assert all(len(kinds) <= 1 for kinds in found.values())


def test_every_operation_of_the_world_has_its_kinds() -> None:
    assert set(OPERATIONS) == {*KINDS} | NOT_OURS
    assert {kind for kinds in KINDS.values() for kind in kinds} == {*EFFECT_KINDS}
    assert {f"booking:{kind}" for kind in ENTRY_KINDS} == set(KINDS["accounting", "book"])


def test_a_letter_that_nobody_knows_is_a_kind_of_its_own_and_stands_in_no_cell() -> None:
    assert effect_kind("smtp", "mail", {"subject": "Happy birthday"}) == OTHER_MAIL
    assert OTHER_MAIL not in EFFECT_KINDS


def test_what_cannot_be_read_and_what_others_do_has_no_kind() -> None:
    assert kind_of(Request("accounting", "book", "key", "", "digest")) is None
    for operation in ("pay", "settled", "returned"):
        assert kind_of(Request("payments", operation, "key", "INV-1", "digest", {"amount": "1"})) is None


def test_the_claim_promises_all_its_cells() -> None:
    (check,) = (check for check in CLAIM.checks if check.name == "cuts")
    assert getattr(check, "effects", None) == EFFECT_KINDS
    assert getattr(check, "ways", None) == tuple(WAYS)


def activities() -> list[frozenset[str]]:
    """The names of all activities of the application, by queue."""
    return [frozenset(queue.activities) for queue in app.queues.values()]


async def effects_of(step: Callable[..., Any]) -> list[str]:
    """The kinds of effect that an activity brings about, as the world tells them from what it receives."""
    outside = Outside()
    invoice = outside.put(sample_invoice())
    document = await outside.save(invoice.invoice_id, b"a document")
    payment = Payment("PAY-1", Money.parse("10.00", "SAR"))
    arguments: dict[Any, Any] = {
        str: invoice.invoice_id,
        Mailing: Mailing(invoice.invoice_id, document, invoice.issued_at),
        Reminding: Reminding(invoice.invoice_id, 1, document, invoice.due_at + timedelta(days=1), payment.amount),
        PaymentBooking: PaymentBooking(invoice.invoice_id, payment),
        CreditNote: CreditNote(invoice.invoice_id, "ordered twice", invoice.issued_at),
        StatusChange: StatusChange(invoice.invoice_id, Status.SENT, invoice.issued_at),
    }
    hints = typing.get_type_hints(step)
    (wanted,) = (hint for name, hint in hints.items() if name != "return")
    await ActivityEnvironment().run(getattr(InvoiceActivities(outside.ports()), step.__name__), arguments[wanted])
    composer = SmtpMail("localhost", 25, "invoices@traf3li.example")
    requests = [read_mail(composer.compose(mail), composer.sender, [mail.recipient]) for mail in outside.mails]
    requests += [
        Request("accounting", "book", key, entry.reference, "digest", {"kind": entry.kind})
        for key, entry in outside.entries.items()
    ]
    requests += [
        Request("payments", "refund", key, refund.reference, "digest", asdict(refund))
        for key, refund in outside.refunds.items()
    ]
    return [kind for request in requests if (kind := kind_of(request)) is not None]
