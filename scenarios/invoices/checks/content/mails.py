"""Which mail is which: each accepted mail with the letter that it has to be.

Data flow: record → **mails** → letters and documents. A mail is known by its subject: one with another subject is
no letter that the oracle knows of.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from harness.record.record import Effect, Record
from scenarios.invoices.checks.content.bills import PutIn, put_in
from scenarios.invoices.oracle.letters import Letter, letters


@dataclass(frozen=True)
class KnownMail:
    """A mail, the invoice that its reference names, and the letter of its subject; ``None``: there is none such."""

    effect: Effect
    about: PutIn | None
    letter: Letter | None


def mails_of(record: Record) -> Sequence[KnownMail]:
    """Every mail that the world accepted; the same bytes to the same address again are left out.

    Ask with ``record.once``.
    """
    invoices = record.once(put_in)
    offsets = [float(text.removesuffix("s")) for text in record.input["reminders"].split(",") if text]
    known: dict[str, Mapping[str, Letter]] = {}
    seen: set[tuple[str, ...]] = set()
    found = []
    for effect in record.effects:
        if (effect.service, effect.operation) != ("smtp", "mail"):
            continue
        bytes_and_envelope = effect.reference, effect.digest, effect.detail["sender"], effect.detail["recipient"]
        if bytes_and_envelope in seen:
            continue
        seen.add(bytes_and_envelope)
        about = invoices.get(effect.reference)
        if about is not None and effect.reference not in known:
            known[effect.reference] = {each.subject: each for each in letters(about.bill, offsets)}
        letter = known.get(effect.reference, {}).get(effect.detail["subject"])
        found.append(KnownMail(effect, about, letter))
    return found
