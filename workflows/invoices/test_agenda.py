from __future__ import annotations

from datetime import UTC, datetime, timedelta

from workflows.invoices.agenda import Agenda, agenda_of
from workflows.invoices.model import InvoiceRequest
from workflows.kit.money import Money

DUE = datetime(2026, 3, 1, tzinfo=UTC)
DAY = 86400


def agenda(*reminder_seconds: int) -> Agenda:
    request = InvoiceRequest("INV-1", "Nour", Money.parse("1", "SAR"), DUE, reminder_seconds, grace_seconds=7 * DAY)
    return agenda_of(request)


def after_due(days: int) -> datetime:
    return DUE + timedelta(days=days)


def test_without_reminders_it_closes_when_it_is_due() -> None:
    assert agenda() == Agenda(DUE, (), DUE)


def test_reminders_before_the_due_instant_change_nothing_of_its_end() -> None:
    found = agenda(-DAY, -3 * DAY, -DAY)
    assert (found.reminders_at, found.closes_at) == ((after_due(-3), after_due(-1)), DUE)


def test_reminders_after_it_leave_the_customer_a_grace_to_pay() -> None:
    found = agenda(-DAY, 3 * DAY)
    assert (found.reminders_at, found.closes_at) == ((after_due(-1), after_due(3)), after_due(10))


def test_what_comes_next() -> None:
    found = agenda(-DAY, 3 * DAY)
    assert found.next_to_do(0, past_due=False) == after_due(-1)
    assert found.next_to_do(1, past_due=False) == DUE
    assert found.next_to_do(1, past_due=True) == after_due(3)
    assert found.next_to_do(2, past_due=False) == DUE  # late, and still to be done
    assert found.next_to_do(2, past_due=True) == after_due(10)
    assert [found.reminders_before(after_due(days)) for days in (-2, -1, 0, 3)] == [0, 1, 1, 2]
