"""The instants of an invoice that falls due at 100 s."""

from __future__ import annotations

import pytest

from scenarios.invoices.oracle.agenda import Agenda, agenda


@pytest.mark.parametrize(
    ("reminders", "wanted"),
    [
        ("-4s,+2s", Agenda(100.0, (96.0, 102.0), 106.0)),
        ("+2s, -4s,+2s", Agenda(100.0, (96.0, 102.0), 106.0)),
        ("-4s", Agenda(100.0, (96.0,), 100.0)),
        ("none", Agenda(100.0, (), 100.0)),
    ],
)
def test_it_closes_the_grace_after_a_reminder_that_is_past_due(reminders: str, wanted: Agenda) -> None:
    assert agenda(100.0, reminders, 4.0) == wanted
