"""The instants of an invoice that falls due in a run, on the host's clock: reminders, due, closing.

Computed from what the workload laid down and the moment at which its file was dated; the application computes the same
instants as dates, and nothing of it is used here.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Agenda:
    """``reminders`` are in the order of their numbers; from ``closes_seconds`` on no payment is taken."""

    due_seconds: float
    reminders: tuple[float, ...]
    closes_seconds: float


def agenda(due_seconds: float, reminders: str, grace_seconds: float) -> Agenda:
    """The agenda of an invoice that is due at that instant.

    It closes when it is due, or, with a reminder past that, the grace after the last reminder: a reminder that can no
    longer be answered with a payment would be none.

    :param reminders: when customers are reminded, counted from the due instant ("-4s,+2s"); "none" for never.
    """
    named = [] if reminders == "none" else reminders.split(",")
    offsets = sorted({float(text.strip().removesuffix("s")) for text in named})
    open_seconds = offsets[-1] + grace_seconds if offsets and offsets[-1] > 0 else 0.0
    return Agenda(due_seconds, tuple(due_seconds + offset for offset in offsets), due_seconds + open_seconds)
