"""The one effect of petty cash: a booking."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from scenarios.kit.effects import Effects


def _kind_of(service: str, operation: str, detail: Mapping[str, Any]) -> str | None:
    booked = (service, operation) == ("accounting", "book") and detail.get("kind") == "petty-cash"
    return "booking:petty-cash" if booked else None


EFFECTS = Effects({("accounting", "book"): ("booking:petty-cash",)}, _kind_of)
