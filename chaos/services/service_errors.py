"""One of the world's services answers part of its requests with an error for a while.

With 503 it has failed, with 429 it has had too many requests; either says that the same request may be tried again.
Mail has no such choice: it is always put off with 451.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from chaos.services.service_fault import ServiceFault
from harness.errors import UsageError


def service_errors(service: str, error_rate: float, for_seconds: float, status: int = 503) -> ServiceFault:
    """``error_rate`` is the share of requests (0 to 1) that ``service`` answers with ``status``.

    :raises UsageError: no request would be answered with an error, or ``status`` is none (400 to 599).
    """
    if not 0 < error_rate <= 1 or not 400 <= status <= 599:
        raise UsageError(
            f"{service} cannot answer {error_rate} of its requests with {status}; "
            "give a share above 0, at most 1, and a status in 400..599"
        )

    def told(requests: Sequence[Mapping[str, Any]]) -> str | None:
        errors = sum(reply["outcome"] == "error" for reply in requests)
        return f"{errors} requests to {service} were answered with an error" if errors else None

    does = f"answers {error_rate:.0%} of its requests with {status}"
    broken = {"error_rate": float(error_rate), "error_status": status}
    words = ("service failed", "services failed")
    return ServiceFault(service, for_seconds, does, words, broken, {"error_rate": 0.0}, told)
