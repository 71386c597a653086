"""The words of the hand-made runs, as a claim lends them to the report."""

from __future__ import annotations

from harness.report.vocabulary import Vocabulary

INVOICES = Vocabulary(
    singular="invoice",
    plural="invoices",
    verbs={("smtp", "mail"): "mailed", ("accounting", "book"): "booked", ("payments", "settled"): "paid"},
    excuses={("smtp", "mail"): "as e-mail allows"},
)
