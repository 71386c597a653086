"""Taking invoices out of the sample and changing what a run changes of them."""

from __future__ import annotations

import random
from datetime import UTC, datetime

from scenarios.invoices.workload.sample import invoice_ids, pick, readdressed, redated, sample_rows

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def test_only_the_chosen_invoices_get_another_address_on_each_of_their_rows() -> None:
    rows = pick(sample_rows(), 20, random.Random(1))
    chosen = set(invoice_ids(rows)[:3])
    changed = readdressed(rows, chosen, "nobody@refused.example")
    assert {row["invoice_id"] for row in changed if row["customer_email"] == "nobody@refused.example"} == chosen
    assert [row for row in changed if row["invoice_id"] not in chosen] == [
        row for row in rows if row["invoice_id"] not in chosen
    ]


def test_instants_are_redated_and_cells_that_are_none_stay() -> None:
    rows = sample_rows()[:2]
    broken = [{**rows[0], "due_at": "soon"}, rows[1]]
    due: dict[str, float | None] = {rows[1]["invoice_id"]: 8.0}
    first, second = redated(broken, due, NOW)
    assert first["due_at"] == "soon"
    assert (second["issued_at"], second["due_at"]) == ("2025-12-31T00:00:00+00:00", "2026-01-01T00:00:08+00:00")
