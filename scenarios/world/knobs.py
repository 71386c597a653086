"""Knobs: how slow, how faulty and how unwilling each service is.

Pure but for its seeded draws: the same seed gives the same errors to the same order of requests of one service. Knobs
are not durable: a restarted world behaves.
"""

from __future__ import annotations

import dataclasses
import random
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from harness.seed import Seed
from scenarios.world import SERVICES
from scenarios.world.faults import Fate


class KnobRefused(Exception):
    """What was asked for is not a knob; the message says why."""


@dataclass(frozen=True)
class Knob:
    """One service's behaviour.

    ``latency_seconds`` passes between a request's arrival and its effect. ``error_rate`` (0..1) of the requests fail
    before any effect with ``error_status`` (SMTP: always 451). ``refuse`` turns every request down for good (HTTP 400,
    SMTP 550).
    """

    latency_seconds: float = 0.0
    error_rate: float = 0.0
    error_status: int = 503
    refuse: bool = False


class Knobs:
    """The knobs of all services, with the stream of draws each of them has."""

    def __init__(self, seed: Seed) -> None:
        self._knobs = {service: Knob() for service in SERVICES}
        self._draws: dict[str, random.Random] = {service: seed.stream(f"world/{service}") for service in SERVICES}

    def set(self, service: str, fields: Mapping[str, Any]) -> Knob:
        """Replace one service's knob; what is not named is reset.

        :raises KeyError: no such service.
        :raises KnobRefused: an unknown field, or a value out of range.
        """
        if service not in self._knobs:
            raise KeyError(service)
        self._knobs[service] = parse_knob(fields)
        return self._knobs[service]

    def reset(self) -> None:
        """All services behave again."""
        self._knobs = {service: Knob() for service in SERVICES}

    def answer(self) -> dict[str, dict[str, Any]]:
        """What the control port says of them."""
        return {service: dataclasses.asdict(knob) for service, knob in self._knobs.items()}

    def draw(self, service: str) -> Fate:
        """The fate of the next request of this service."""
        knob = self._knobs[service]
        fails = knob.error_rate > 0 and self._draws[service].random() < knob.error_rate
        return Fate(knob.latency_seconds, knob.error_status if fails else None, knob.refuse)


def parse_knob(fields: Mapping[str, Any]) -> Knob:
    """The knob that a control request asks for.

    :raises KnobRefused: an unknown field, or a value out of range.
    """
    known = {field.name for field in dataclasses.fields(Knob)}
    if unknown := sorted(set(fields) - known):
        raise KnobRefused(f"a knob has no {', '.join(unknown)}; it has {', '.join(sorted(known))}")
    latency = _number(fields, "latency_seconds", 0.0, 60.0)
    rate = _number(fields, "error_rate", 0.0, 1.0)
    status = fields.get("error_status", 503)
    if not isinstance(status, int) or isinstance(status, bool) or not 400 <= status <= 599:
        raise KnobRefused(f"error_status must be in 400..599, not {status!r}")
    refuse = fields.get("refuse", False)
    if not isinstance(refuse, bool):
        raise KnobRefused(f"refuse must be true or false, not {refuse!r}")
    return Knob(latency, rate, status, refuse)


def _number(fields: Mapping[str, Any], name: str, low: float, high: float) -> float:
    value = fields.get(name, low)
    if not isinstance(value, int | float) or isinstance(value, bool) or not low <= value <= high:
        raise KnobRefused(f"{name} must be in {low:g}..{high:g}, not {value!r}")
    return float(value)
