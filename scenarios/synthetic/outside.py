"""The outside world of a synthetic run: takes a request, and journals the attempt, the effect and the reply.

It keeps the promise of the real one (``scenarios.world.ledger``): a key seen with the same content gives the first
answer again, a request that has arrived is worked on to its end, and mail has no keys.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from scenarios.synthetic.lines import Lines
from scenarios.synthetic.timeline import OUTSIDE_SECONDS, PROVIDER_SECONDS
from scenarios.synthetic.trouble import Failing
from scenarios.world.ledger import Request

ERROR_STATUS = {"smtp": 451, "accounting": 503, "payments": 503}
REFUSED_STATUS = {"smtp": 550, "accounting": 400, "payments": 400}
ACCEPTED_STATUS = {"smtp": 250, "accounting": 201, "payments": 201}


@dataclass(frozen=True)
class Reply:
    """What came of a request, and when the answer was sent."""

    outcome: str
    status: int
    at_seconds: float


class Outside:
    """All services, with what they have accepted.

    :param failing: when which service answers every request with an error.
    """

    def __init__(self, lines: Lines, failing: Sequence[Failing]) -> None:
        self._lines = lines
        self._failing: dict[str, list[Failing]] = defaultdict(list)
        for fault in failing:
            self._failing[fault.service].append(fault)
        self._by_key: dict[tuple[str, str, str], str] = {}
        self._attempts = self._effects = 0
        self.errors: dict[str, list[str]] = defaultdict(list)
        """What each fault had answered with an error, by the fault's id."""

    def ask(self, at_seconds: float, request: Request, *, problem: bool = False) -> Reply:
        """A request arrives.

        :param problem: whether it is refused for good.
        """
        self._attempts += 1
        attempt_id = f"attempt-{self._attempts}"
        asked = {name: getattr(request, name) for name in ("service", "operation", "key", "reference", "digest")}
        self._lines.add("world", at_seconds, "world-attempt", attempt_id=attempt_id, **asked)
        service, effect_id = request.service, None
        if problem:
            reply = Reply("refused", REFUSED_STATUS[service], at_seconds + PROVIDER_SECONDS)
        elif fault := self._fails(service, at_seconds):
            self.errors[fault.fault_id].append(attempt_id)
            reply = Reply("error", ERROR_STATUS[service], at_seconds + PROVIDER_SECONDS)
        elif effect_id := self._known(request):
            reply = Reply("replayed", ACCEPTED_STATUS[service], at_seconds + PROVIDER_SECONDS)
        else:
            took = PROVIDER_SECONDS if service == "payments" else OUTSIDE_SECONDS
            effect_id = self.accept(at_seconds + took, request, attempt_id)
            reply = Reply("accepted", ACCEPTED_STATUS[service], at_seconds + took)
        told = {"attempt_id": attempt_id, "outcome": reply.outcome, "status": reply.status, "effect_id": effect_id}
        self._lines.add("world", reply.at_seconds, "world-reply", **told)
        return reply

    def accept(self, at_seconds: float, request: Request, attempt_id: str | None = None) -> str:
        """An effect; without ``attempt_id`` one of the world's own doing. Returns its id."""
        self._effects += 1
        effect_id = f"effect-{self._effects}"
        if request.keyed and request.key is not None:
            self._by_key[request.service, request.operation, request.key] = effect_id
        fields: dict[str, Any] = {
            name: getattr(request, name) for name in ("service", "operation", "key", "reference", "digest", "detail")
        }
        self._lines.add("world", at_seconds, "effect", attempt_id=attempt_id, effect_id=effect_id, **fields)
        return effect_id

    @property
    def effects_count(self) -> int:
        """How many effects there are."""
        return self._effects

    def _known(self, request: Request) -> str | None:
        if not request.keyed or request.key is None:
            return None
        return self._by_key.get((request.service, request.operation, request.key))

    def _fails(self, service: str, at_seconds: float) -> Failing | None:
        for fault in self._failing[service]:
            if fault.since_seconds <= at_seconds < fault.until_seconds:
                return fault
        return None
