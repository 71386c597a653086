"""What the world's services do wrong in a simulation: drawn from its choices, request by request."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

from harness.simulate.trouble import STRUCK_ATTEMPTS, Note, Trouble
from scenarios.world.faults import Arrival, Fate
from scenarios.world.holds import HoldPoint
from scenarios.world.register import Request

FAILS, AWAY, REFUSES, TWICE, LATE = "service-fails", "service-away", "service-refuses", "request-twice", "service-late"
DROPPED = "answer-dropped"
ASKED = (FAILS, AWAY, REFUSES, TWICE, LATE)
FAULTS = (*ASKED, DROPPED)
"""All kinds."""
ASKED_OF_CUSTOMERS = (FAILS, AWAY, TWICE, LATE)
REFUSABLE = (("smtp", "mail"), ("accounting", "book"), ("payments", "refund"))
"""What the application asks for; a payment that its provider refuses for good is nobody's promise."""
ERROR = 503
LONGEST_SECONDS = 20.0
"""How long a service is away at most: longer than an activity's patience."""
LATE_SECONDS = 8.0
"""How late an answer is at most: about as late as the application waits for."""


class Fates:
    """See ``scenarios.world.faults.Faults``.

    :param now: the record's time.
    """

    def __init__(self, trouble: Trouble, now: Callable[[], float]) -> None:
        self._trouble, self._now = trouble, now
        self._asked: Counter[str] = Counter()
        self._away: dict[str, float] = {}

    async def arriving(self, request: Request) -> Fate:
        """What becomes of it."""
        name = f"{request.service} {request.operation} {request.key or request.reference}"
        self._asked[name] += 1
        if self._now() < self._away.get(request.service, 0.0) and not self._trouble.healed:
            place = f"{name} request {self._asked[name]}"
            self._trouble.suffered(place, AWAY, service=request.service, reference=request.reference)
            return Fate(error_status=ERROR)
        if self._asked[name] > STRUCK_ATTEMPTS:
            return Fate()
        kinds = ASKED if (request.service, request.operation) in REFUSABLE else ASKED_OF_CUSTOMERS
        struck = self._strike(f"{name} request {self._asked[name]} fault", kinds, request)
        if struck is None:
            return Fate()
        if struck.kind == AWAY:
            self._away[request.service] = struck.at_seconds + struck.lasts_seconds
        return Fate(
            latency_seconds=min(struck.lasts_seconds, LATE_SECONDS) if struck.kind == LATE else 0.0,
            error_status=ERROR if struck.kind in (FAILS, AWAY) else None,
            refuse=struck.kind == REFUSES,
            twice=struck.kind == TWICE,
        )

    async def stand(self, arrival: Arrival, point: HoldPoint) -> bool:
        """Whether its answer gets through, once it has had its effect."""
        if point is not HoldPoint.DROP_ACK:
            return True
        return self._strike(f"{arrival.attempt_id} acknowledgement", (DROPPED,), arrival.request) is None

    def _strike(self, place: str, kinds: tuple[str, ...], request: Request) -> Note | None:
        return self._trouble.strike(
            place, kinds, longest_seconds=LONGEST_SECONDS, service=request.service, reference=request.reference
        )
