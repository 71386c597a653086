"""What was measured of an invoice and the money for it: what `ends` judges."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from scenarios.invoices.oracle.expected import Expected, ExpectedPayment

AGAIN = (408, 429)


@dataclass(frozen=True)
class Try:
    """One try of a webhook; ``status`` is the answer's, ``None`` when there was none."""

    sent_seconds: float
    ended_seconds: float
    status: int | None

    @property
    def taken(self) -> bool:
        """Whether the answer says that the payment is counted."""
        return self.status is not None and 200 <= self.status < 300

    @property
    def turned_away(self) -> bool:
        """Whether the answer says that the payment never will be counted."""
        return self.status is not None and 400 <= self.status < 500 and self.status not in AGAIN


@dataclass(frozen=True)
class Cancelling:
    """``asked_seconds`` is when it was first asked for, ``answered_seconds`` when the last answer came, if one did.

    ``accepted`` is ``None`` when no answer told; it is then to be resolved by how the invoice ended.
    """

    asked_seconds: float
    answered_seconds: float | None
    accepted: bool | None


@dataclass(frozen=True)
class Paid:
    """What was measured of a payment.

    ``fate`` is what the provider says became of the money: "settled", "returned" or nothing yet. ``booked_seconds`` is
    when accounting first accepted its booking. ``struck`` is whether anything it needs was struck while it should have
    been taken.
    """

    payment: ExpectedPayment
    tries: tuple[Try, ...] = ()
    fate: str = ""
    booked_seconds: float | None = None
    struck: bool = False

    @property
    def sent_seconds(self) -> float | None:
        """When it was first sent."""
        return min((each.sent_seconds for each in self.tries), default=None)

    @property
    def taken_seconds(self) -> float | None:
        """When it was first said to be counted: it was by then."""
        return min((each.ended_seconds for each in self.tries if each.taken), default=None)

    @property
    def turned_away_seconds(self) -> float | None:
        """When it was last said that it never will be."""
        return max((each.ended_seconds for each in self.tries if each.turned_away), default=None)


@dataclass(frozen=True)
class Measured:
    """What was measured of one invoice.

    ``closes_seconds`` is its closing instant, ``None`` when that is not in the run. ``ended_seconds`` is when its
    workflow was seen to have ended: it had by then.
    """

    expected: Expected
    payments: tuple[Paid, ...] = ()
    closes_seconds: float | None = None
    cancelling: Cancelling | None = None
    ended_seconds: float | None = None

    @property
    def settled(self) -> Decimal:
        """The sum of what was settled and may be."""
        taken = (each.payment for each in self.payments if each.fate == "settled")
        return sum((payment.amount for payment in taken if not payment.refused_for), Decimal(0))

    @property
    def paid_in_full(self) -> bool:
        """Whether all of it was settled."""
        return bool(self.payments) and self.settled == self.expected.judged.total

    @property
    def surely_paid_seconds(self) -> float | None:
        """When all of it was paid at the latest, ``None`` when it never was or nobody heard."""
        heard = [each.taken_seconds for each in self.payments if each.fate == "settled"]
        known = [at for at in heard if at is not None]
        return max(known) if self.paid_in_full and len(known) == len(heard) else None

    @property
    def surely_open_until_seconds(self) -> float | None:
        """Until when it was not paid in full at least: its last booking; ``None`` for never paid in full."""
        if not self.paid_in_full:
            return None
        booked = [each.booked_seconds for each in self.payments if each.fate == "settled"]
        return max((at for at in booked if at is not None), default=0.0)
