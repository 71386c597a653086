"""What may be refused of invoices: nothing that had to be done."""

from __future__ import annotations

from typing import Any

import pytest

from harness.record.record import Operation, Outcome
from scenarios.invoices.checks.answers.permitted import may_be_refused
from scenarios.invoices.checks.facts.testing_records import operation, record


def permitted(asked: Operation, **fields: Any) -> bool:
    return may_be_refused(record(status="paid", payments=["PAY-1"], **fields))(asked)


@pytest.mark.parametrize("name", ["process", "process-again", "pay/PAY-1", "upload"])
def test_what_had_to_be_done_may_not_be_refused(name: str) -> None:
    assert not permitted(operation(name, Outcome.FAIL))


def test_processing_what_is_no_invoice_may_be_refused() -> None:
    assert permitted(operation("process", Outcome.FAIL, "INV-0009"))


def test_a_cancelling_that_may_have_come_too_late_may_be_refused_and_another_may_not() -> None:
    # With one payment of 10.00 of 115.00 and no due instant there is no end that it could be too late for.
    cancelling = operation("cancel", Outcome.FAIL)
    assert not permitted(cancelling, cancel_seconds=1.0)
    assert permitted(cancelling, cancel_seconds=1.0, due_seconds=1.0)


def test_answers_to_adverse_operations_are_for_another_check() -> None:
    assert permitted(operation("adverse", Outcome.FAIL))
