"""When an invoice is reminded of and when it closes. Pure: the instants are data, so a test makes them near."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from workflows.invoices.model import InvoiceRequest


@dataclass(frozen=True)
class Agenda:
    """The instants of one invoice after it was sent.

    :param reminders_at: when it is reminded of, earliest first.
    :param closes_at: from here on it takes no payment. Without reminders past the due instant this is the due instant;
        with them the customer still has the grace after the last one, because a reminder that could no longer be
        answered with a payment would be none.
    """

    due_at: datetime
    reminders_at: tuple[datetime, ...]
    closes_at: datetime

    def past_due(self, instant: datetime) -> bool:
        """Whether the invoice was to be paid before this instant and still takes payments past its due instant."""
        return self.due_at <= instant and self.due_at < self.closes_at

    def reminders_before(self, instant: datetime) -> int:
        """How many reminders were planned for this instant or before it."""
        return sum(at <= instant for at in self.reminders_at)

    def next_to_do(self, reminders_done: int, *, past_due: bool) -> datetime:
        """The instant of what is to be done next; it is over when that is late, as after a long outage.

        :param past_due: whether the passing of the due instant is behind it, too.
        """
        ahead = [*self.reminders_at[reminders_done:], self.closes_at]
        return min(ahead if past_due else [*ahead, self.due_at])


def agenda_of(request: InvoiceRequest) -> Agenda:
    """The agenda that a request asks for."""
    offsets = sorted(set(request.reminder_seconds))
    closes_at = request.due_at
    if offsets and offsets[-1] > 0:
        closes_at += timedelta(seconds=offsets[-1] + request.grace_seconds)
    return Agenda(request.due_at, tuple(request.due_at + timedelta(seconds=each) for each in offsets), closes_at)
