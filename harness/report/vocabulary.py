"""The few words a claim lends to the report, so that it can speak of invoices without knowing what they are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

IDENTITY = ("kind", "payment_id", "memo")
"""Fields of an effect's detail that tell two effects on one reference apart: an invoice and its payments are all booked
under the invoice's number, and none is a repetition of another. Never the idempotency key: a doubled effect that came
with a fresh key is just what must be seen."""


@dataclass(frozen=True)
class Vocabulary:
    """How the sentence names things. Every field has a generic default, so another application needs none of it.

    ``singular`` and ``plural`` name the subject. ``start`` is the name of the operation that begins the work on one
    subject. ``verbs`` says what an effect did to it, (service, operation) → "booked"; when it is not empty only these
    effects are told, in this order. ``excuses`` says why an effect may come again, (service, operation) → "as e-mail
    allows". ``identity``: see ``IDENTITY``. ``personal_data`` says what a run directory holds of people. Faults bring
    their own words.
    """

    singular: str = "piece of work"
    plural: str = "pieces of work"
    start: str = "process"
    verbs: Mapping[tuple[str, str], str] = field(default_factory=dict)
    excuses: Mapping[tuple[str, str], str] = field(default_factory=dict)
    identity: tuple[str, ...] = IDENTITY
    personal_data: str = "whatever callers, workflows and the outside world told each other"

    def subjects(self, count: int) -> str:
        """The count with the right word: "1 invoice", "1,200 invoices"."""
        return f"{count:,} {self.singular if count == 1 else self.plural}"
