"""Hold points: the exact place in one request where the world stops, so that a fault can land there.

Pure state: which request a hold takes, and what may follow what. Waiting and time-outs are ``board``. A hold is armed
→ engaged (its request stands at the point) → released (somebody let it go) or expired (its bound ran out); an armed
hold may be released, and then takes nothing.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any


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
    EXPIRED = "expired"


class HoldRefused(Exception):
    """What was asked for is not a hold that can engage; the message says why."""


@dataclass(frozen=True)
class Hold:
    """One hold: it takes the ``nth`` new request of this service and operation, counted from the world's start.

    ``reference`` and ``key`` are those of the request it took, ``at_seconds`` is when (``CLOCK_MONOTONIC``).
    """

    hold_id: str
    service: str
    operation: str
    nth: int
    point: HoldPoint
    release_after_seconds: float
    state: HoldState = HoldState.ARMED
    reference: str | None = None
    key: str | None = None
    at_seconds: float | None = None

    def takes(self, service: str, operation: str, ordinal: int, point: HoldPoint) -> bool:
        """Whether this hold is armed for this request at this point."""
        wanted = (self.service, self.operation, self.nth, self.point)
        return self.state is HoldState.ARMED and wanted == (service, operation, ordinal, point)

    def engaged(self, reference: str, key: str | None, at_seconds: float) -> Hold:
        """This hold with a request at its point; unchanged when it is no longer armed."""
        if self.state is not HoldState.ARMED:
            return self
        return replace(self, state=HoldState.ENGAGED, reference=reference, key=key, at_seconds=at_seconds)

    def released(self) -> Hold:
        """This hold after somebody let it go; unchanged when it is over."""
        over = self.state in (HoldState.RELEASED, HoldState.EXPIRED)
        return self if over else replace(self, state=HoldState.RELEASED)

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
            "at_seconds": self.at_seconds,
        }


LONGEST_HOLD_SECONDS = 600.0


def parse_hold(hold_id: str, fields: Mapping[str, Any]) -> Hold:
    """The hold that a control request asks for.

    :raises HoldRefused: a field is missing, unknown or out of range.
    """
    wanted = {"service", "operation", "nth", "point", "release_after_seconds"}
    if set(fields) != wanted:
        raise HoldRefused(f"a hold has exactly the fields {', '.join(sorted(wanted))}; got {', '.join(sorted(fields))}")
    nth, seconds = fields["nth"], fields["release_after_seconds"]
    if not isinstance(nth, int) or isinstance(nth, bool) or nth < 1:
        raise HoldRefused(f"nth must be a whole number from 1, not {nth!r}")
    if not isinstance(seconds, int | float) or isinstance(seconds, bool) or not 0 < seconds <= LONGEST_HOLD_SECONDS:
        raise HoldRefused(f"release_after_seconds must be in 0..{LONGEST_HOLD_SECONDS:g}, not {seconds!r}")
    try:
        point = HoldPoint(fields["point"])
    except ValueError:
        raise HoldRefused(f"point must be one of {', '.join(HoldPoint)}, not {fields['point']!r}") from None
    return Hold(hold_id, str(fields["service"]), str(fields["operation"]), nth, point, float(seconds))
