"""Hold points: the exact place in one request where the world stops, so that a fault can land there.

Pure state: which request a hold takes, and what may follow what. Waiting and time-outs are ``board``. A hold is armed
→ engaged (its request stands at the point) → released (somebody let it go on), abandoned (it ends there without its
effect) or expired (its bound ran out, and it goes on); an armed hold may be released, and then takes nothing.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from scenarios.world.kinds import EFFECT_KINDS, kind_of
from scenarios.world.register import Request


class HoldPoint(enum.StrEnum):
    """Where a request is held: before its effect, after the commit, or not held but cut off after the commit."""

    BEFORE_EFFECT = "before_effect"
    AFTER_COMMIT = "after_commit"
    DROP_ACK = "drop_ack"


class HoldState(enum.StrEnum):
    """Where a hold stands."""

    ARMED = "armed"
    ENGAGED = "engaged"
    RELEASED = "released"
    ABANDONED = "abandoned"
    EXPIRED = "expired"


OVER = frozenset({HoldState.RELEASED, HoldState.ABANDONED, HoldState.EXPIRED})
"""The states in which a hold holds nothing any more."""


class HoldRefused(Exception):
    """What was asked for is not a hold that can engage, or not what can become of one; the message says why."""


@dataclass(frozen=True)
class Nth:
    """Selects the ``nth`` new request of this service and operation, counted from the world's start."""

    service: str
    operation: str
    nth: int

    def takes(self, request: Request, ordinal: int) -> bool:
        """Whether it is this request, which is the ``ordinal``-th new one of its service and operation."""
        return (self.service, self.operation, self.nth) == (request.service, request.operation, ordinal)


@dataclass(frozen=True)
class NextOf:
    """Selects the first new request for this kind of effect that comes to the point after the hold was armed."""

    effect: str

    def takes(self, request: Request, ordinal: int) -> bool:
        """Whether the request is for an effect of this kind."""
        return self.effect == kind_of(request)


@dataclass(frozen=True)
class Hold:
    """One hold: it takes the request that ``wants`` selects, at ``point``.

    ``reference``, ``key`` and ``service`` are those of the request it took, ``attempt_id`` is the world's own name for
    it, and ``at_seconds`` is when it took it (``CLOCK_MONOTONIC``).
    """

    hold_id: str
    wants: Nth | NextOf
    point: HoldPoint
    release_after_seconds: float
    state: HoldState = HoldState.ARMED
    reference: str | None = None
    key: str | None = None
    attempt_id: str | None = None
    service: str | None = None
    at_seconds: float | None = None

    def takes(self, request: Request, ordinal: int, point: HoldPoint) -> bool:
        """Whether this hold is armed for this request at this point."""
        return self.state is HoldState.ARMED and self.point is point and self.wants.takes(request, ordinal)

    def engaged(self, request: Request, attempt_id: str, at_seconds: float) -> Hold:
        """This hold with a request at its point; unchanged when it is no longer armed."""
        if self.state is not HoldState.ARMED:
            return self
        return replace(
            self,
            state=HoldState.ENGAGED,
            reference=request.reference,
            key=request.key,
            attempt_id=attempt_id,
            service=request.service,
            at_seconds=at_seconds,
        )

    def released(self) -> Hold:
        """This hold after somebody let it go on; unchanged when it is over."""
        return self if self.state in OVER else replace(self, state=HoldState.RELEASED)

    def abandoned(self) -> Hold:
        """This hold after somebody ended its request; one that is armed takes nothing, one that is over is unchanged.

        :raises HoldRefused: its request has had its effect, which cannot be taken back.
        """
        if self.point is not HoldPoint.BEFORE_EFFECT:
            raise HoldRefused(f"{self.hold_id} holds at {self.point}: only what is before its effect can be abandoned")
        return replace(self, state=HoldState.ABANDONED) if self.state is HoldState.ENGAGED else self.released()

    def expired(self) -> Hold:
        """This hold after its bound ran out; unchanged unless it was engaged."""
        return replace(self, state=HoldState.EXPIRED) if self.state is HoldState.ENGAGED else self

    def answer(self) -> dict[str, Any]:
        """What the control port says of it."""
        return {
            "hold_id": self.hold_id,
            "state": self.state.value,
            "reference": self.reference,
            "key": self.key,
            "attempt_id": self.attempt_id,
            "service": self.service,
            "at_seconds": self.at_seconds,
        }


LONGEST_HOLD_SECONDS = 600.0


def parse_hold(hold_id: str, fields: Mapping[str, Any]) -> Hold:
    """The hold that a control request asks for: by ``service``, ``operation`` and ``nth``, or by ``effect``.

    :raises HoldRefused: a field is missing, unknown or out of range.
    """
    by_kind = "effect" in fields
    wanted = {"point", "release_after_seconds"} | ({"effect"} if by_kind else {"service", "operation", "nth"})
    if set(fields) != wanted:
        raise HoldRefused(f"a hold has exactly the fields {', '.join(sorted(wanted))}; got {', '.join(sorted(fields))}")
    wants = _next_of(fields["effect"]) if by_kind else _nth(fields)
    seconds = fields["release_after_seconds"]
    if not isinstance(seconds, int | float) or isinstance(seconds, bool) or not 0 < seconds <= LONGEST_HOLD_SECONDS:
        raise HoldRefused(f"release_after_seconds must be in 0..{LONGEST_HOLD_SECONDS:g}, not {seconds!r}")
    try:
        point = HoldPoint(fields["point"])
    except ValueError:
        raise HoldRefused(f"point must be one of {', '.join(HoldPoint)}, not {fields['point']!r}") from None
    return Hold(hold_id, wants, point, float(seconds))


def _next_of(effect: Any) -> NextOf:
    if effect not in EFFECT_KINDS:
        raise HoldRefused(f"effect must be one of {', '.join(EFFECT_KINDS)}, not {effect!r}")
    return NextOf(str(effect))


def _nth(fields: Mapping[str, Any]) -> Nth:
    nth = fields["nth"]
    if not isinstance(nth, int) or isinstance(nth, bool) or nth < 1:
        raise HoldRefused(f"nth must be a whole number from 1, not {nth!r}")
    return Nth(str(fields["service"]), str(fields["operation"]), nth)
