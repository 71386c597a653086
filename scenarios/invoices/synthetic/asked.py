"""What the workload asks, as its journal lines: one before each call and one after."""

from __future__ import annotations

from typing import Any

from scenarios.invoices.synthetic.lines import Lines


def ask(
    lines: Lines,
    operation_id: str,
    subject: str,
    invoked_seconds: float,
    returned_seconds: float,
    outcome: str,
    detail: dict[str, Any],
    *,
    intended_seconds: float | None = None,
) -> None:
    """One operation that was made once. Its name is what stands before the slash of its id."""
    intended = invoked_seconds if intended_seconds is None else intended_seconds
    lines.add(
        "harness",
        invoked_seconds,
        "invoke",
        operation_id=operation_id,
        name=operation_id.split("/")[0],
        subject=subject,
        intended_seconds=round(intended, 6),
        repetition=1,
    )
    told = {"operation_id": operation_id, "outcome": outcome, "repetition": 1, "detail": detail}
    lines.add("harness", returned_seconds, "return", **told)
