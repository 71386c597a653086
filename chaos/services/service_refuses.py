"""One of the world's services refuses everything for good for a while: a closed period, a mailbox that is shut.

What is refused will not be right when it is asked again, so whoever asked gives up at once. It does not say that an
earlier request, whose answer was lost, had no effect. For requests that may be tried again there is `service_errors`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from chaos.services.service_fault import ServiceFault


def service_refuses(service: str, for_seconds: float) -> ServiceFault:
    """``service`` refuses every request, with 400 or in mail with 550."""

    def told(requests: Sequence[Mapping[str, Any]]) -> str | None:
        refused = sum(reply["outcome"] == "refused" for reply in requests)
        return f"{refused} requests to {service} were refused for good" if refused else None

    does = "refuses every request for good"
    words = ("service refused everything", "services refused everything")
    return ServiceFault(service, for_seconds, does, words, {"refuse": True}, {"refuse": False}, told)
