"""The outside world of a synthetic run: takes requests, and journals attempts, effects and replies in the end.

It keeps the promise of the real one (``scenarios.world.register``): a key seen with the same content gives the first
answer again, a request that has arrived is worked on to its end, and mail has no keys.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from scenarios.invoices.synthetic.lines import Lines
from scenarios.invoices.synthetic.timeline import OUTSIDE_SECONDS, PROVIDER_SECONDS
from scenarios.invoices.synthetic.trouble import Failing
from scenarios.world.register import Request

ERROR_STATUS = {"smtp": 451, "accounting": 503, "payments": 503}
REFUSED_STATUS = {"smtp": 550, "accounting": 400, "payments": 400}
ACCEPTED_STATUS = {"smtp": 250, "accounting": 201, "payments": 201}


@dataclass(frozen=True)
class Reply:
    """What came of a request, and when the answer was sent."""

    outcome: str
    status: int
    at_seconds: float


@dataclass(eq=False)
class _Effect:
    at_seconds: float
    request: Request
    asked: _Asked | None = None
    effect_id: str = ""


@dataclass(eq=False)
class _Asked:
    at_seconds: float
    request: Request
    reply: Reply
    effect: _Effect | None
    attempt_id: str = ""


class Outside:
    """All services, with what they have accepted.

    :param failing: when which service answers every request with an error.
    """

    def __init__(self, lines: Lines, failing: Sequence[Failing]) -> None:
        self._lines = lines
        self._failing: dict[str, list[Failing]] = defaultdict(list)
        for fault in failing:
            self._failing[fault.service].append(fault)
        self._by_key: dict[tuple[str, str, str], _Effect] = {}
        self._asked: list[_Asked] = []
        self._made: list[_Effect] = []
        self.errors: dict[str, list[str]] = defaultdict(list)
        """What each fault had answered with an error, by the fault's id."""

    def ask(self, at_seconds: float, request: Request, *, problem: bool = False) -> Reply:
        """A request arrives.

        :param problem: whether it is refused for good.
        """
        service, effect = request.service, None
        if problem:
            reply = Reply("refused", REFUSED_STATUS[service], at_seconds + PROVIDER_SECONDS)
        elif fault := self._fails(service, at_seconds):
            self.errors[fault.fault_id].append(request.reference)
            reply = Reply("error", ERROR_STATUS[service], at_seconds + PROVIDER_SECONDS)
        elif effect := self._known(request):
            reply = Reply("replayed", ACCEPTED_STATUS[service], at_seconds + PROVIDER_SECONDS)
        else:
            took = PROVIDER_SECONDS if service == "payments" else OUTSIDE_SECONDS
            effect = self.accept(at_seconds + took, request)
            reply = Reply("accepted", ACCEPTED_STATUS[service], at_seconds + took)
        asked = _Asked(at_seconds, request, reply, effect)
        self._asked.append(asked)
        if effect is not None and reply.outcome == "accepted":
            effect.asked = asked
        return reply

    def accept(self, at_seconds: float, request: Request) -> _Effect:
        """An effect; when nobody asks for it, one of the world's own doing."""
        effect = _Effect(at_seconds, request)
        self._made.append(effect)
        if request.keyed and request.key is not None:
            self._by_key[request.service, request.operation, request.key] = effect
        return effect

    @property
    def effects_count(self) -> int:
        """How many effects there are."""
        return len(self._made)

    def write(self) -> None:
        """The lines of everything, with the ids that a world counts in the order of time."""
        for number, asked in enumerate(sorted(self._asked, key=lambda each: each.at_seconds), start=1):
            asked.attempt_id = f"attempt-{number}"
        for number, effect in enumerate(sorted(self._made, key=lambda each: each.at_seconds), start=1):
            effect.effect_id = f"effect-{number}"
        for asked in sorted(self._asked, key=lambda each: each.at_seconds):
            request, reply = asked.request, asked.reply
            named = {name: getattr(request, name) for name in ("service", "operation", "key", "reference", "digest")}
            self._lines.add("world", asked.at_seconds, "world-attempt", attempt_id=asked.attempt_id, **named)
            effect_id = asked.effect.effect_id if asked.effect else None
            told = {"outcome": reply.outcome, "status": reply.status, "effect_id": effect_id}
            self._lines.add("world", reply.at_seconds, "world-reply", attempt_id=asked.attempt_id, **told)
        for effect in sorted(self._made, key=lambda each: each.at_seconds):
            ids = {"attempt_id": effect.asked.attempt_id if effect.asked else None, "effect_id": effect.effect_id}
            fields = ("service", "operation", "key", "reference", "digest", "detail")
            accepted: dict[str, Any] = {name: getattr(effect.request, name) for name in fields}
            self._lines.add("world", effect.at_seconds, "effect", **ids, **accepted)

    def _known(self, request: Request) -> _Effect | None:
        if not request.keyed or request.key is None:
            return None
        return self._by_key.get((request.service, request.operation, request.key))

    def _fails(self, service: str, at_seconds: float) -> Failing | None:
        for fault in self._failing[service]:
            if fault.since_seconds <= at_seconds < fault.until_seconds:
                return fault
        return None
