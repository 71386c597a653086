"""What was paid of a payment that came with many amounts at once: only the run knows which of them won."""

from __future__ import annotations

from harness.record.record import Record
from scenarios.invoices.checks.facts.identities import PAY
from scenarios.invoices.oracle.adverse import contested_payments


def amounts_won(record: Record) -> dict[str, str]:
    """Payment id → the amount that the customer paid at the provider: the one that the application accepted."""
    contested = contested_payments(record.input)
    return {
        effect.detail["payment_id"]: effect.detail["amount"]
        for effect in record.effects
        if (effect.service, effect.operation) == PAY and effect.detail["payment_id"] in contested
    }
