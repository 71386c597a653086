"""The kinds of effect: told apart by what the world received, and none that the application knows stands in no cell."""

from __future__ import annotations

import typing
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from temporalio.testing import ActivityEnvironment

from harness.record.cuts import WAYS
from harness.seed import Seed
from scenarios.invoices.effects import EFFECTS
from scenarios.invoices.test_every_cut import CLAIM, plan
from scenarios.world.control import OPERATIONS
from scenarios.world.kinds import EFFECT_KINDS, ENTRY_KINDS, KINDS, OTHER_MAIL, effect_kind, kind_of
from scenarios.world.register import Request
from workflows.invoices.activities import InvoiceActivities
from workflows.invoices.family import FAMILY
from workflows.invoices.messages import CreditNote, Mailing, PaymentBooking, Reminding, StatusChange
from workflows.invoices.model import Payment, Status
from workflows.invoices.testing_outside import Surroundings
from workflows.invoices.testing_samples import sample_invoice
from workflows.kit.money import Money

# What a customer does, and no activity: nobody of ours waits for the answer. And what only asks.
NOT_OURS = {("payments", "pay"), ("accounting", "statement"), ("payments", "settlements")}


@pytest.mark.parametrize("seed", [1, 2, 3, 4711])
def test_every_kind_of_effect_is_cut_in_every_way(seed: int) -> None:
    cells = [(fault.cut.effect, fault.cut.way) for fault in plan(Seed(seed)).faults if fault.cut]
    assert sorted(cells) == sorted((effect, way) for effect in EFFECTS.names for way in WAYS)


async def test_every_activity_of_an_invoice_brings_about_a_kind_that_is_cut_or_nothing() -> None:
    found = {name: await effects_of(getattr(InvoiceActivities, name)) for names in activities() for name in names}
    assert {kind for kinds in found.values() for kind in kinds} == set(EFFECTS.names)
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
    assert getattr(check, "effects", None) == EFFECTS.names
    assert getattr(check, "ways", None) == tuple(WAYS)


def activities() -> list[frozenset[str]]:
    """The names of all activities of invoices, by queue."""
    return [frozenset(queue.activities) for queue in FAMILY.queues.values()]


async def effects_of(step: Callable[..., Any]) -> list[str]:
    """The kinds of effect that an activity brings about, as the world tells them from what it receives."""
    outside = Surroundings()
    invoice = outside.put(sample_invoice())
    document = await outside.documents.save(invoice.invoice_id, b"a document")
    payment = Payment("PAY-1", Money.parse("10.00", "SAR"))
    await outside.record_payment(invoice.invoice_id, payment)  # no other can go back
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
    return [effect.effect_kind for effect in outside.world.part().effects if effect.effect_kind is not None]
