"""One of the world's services takes its time for a while: every request waits before its effect.

Slower than its caller's patience, it is worse than an error: the caller gives up and does not know, and the effect
comes all the same, later.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from chaos.services.service_fault import ServiceFault
from harness.errors import UsageError

LATENCY_AT_MOST_SECONDS = 60.0


def service_slow(service: str, latency_seconds: float, for_seconds: float) -> ServiceFault:
    """``latency_seconds`` is how long every request to ``service`` waits, beside what it takes anyway.

    :raises UsageError: the latency is none, longer than a minute, or as long as the fault, so that nobody would be
        seen to have waited for it.
    """
    if not 0 < latency_seconds <= LATENCY_AT_MOST_SECONDS or latency_seconds >= for_seconds:
        raise UsageError(
            f"{service} cannot be slow by {latency_seconds} s for {for_seconds} s; give a latency "
            f"above 0, at most {LATENCY_AT_MOST_SECONDS:g} s, and shorter than the fault"
        )

    def told(requests: Sequence[Mapping[str, Any]]) -> str | None:
        waits = [reply["at_seconds"] - reply["arrived_seconds"] for reply in requests]
        late = [wait for wait in waits if wait >= latency_seconds]
        return (
            f"{len(late)} requests to {service} waited {min(late):.2f} s or longer for their answer" if late else None
        )

    does, broken = f"is slow by {latency_seconds:g} s", {"latency_seconds": float(latency_seconds)}
    words = ("service was slow", "services were slow")
    return ServiceFault(service, for_seconds, does, words, broken, {"latency_seconds": 0.0}, told)
