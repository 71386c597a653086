"""The one source of every choice. ``Drawn`` takes it from the seed, ``Replayed`` from a plan.

A draw depends on the seed and on the place alone, not on how many draws came before it: two executions that differ
in one fault agree in all the others.
"""

from __future__ import annotations

import hashlib
import uuid
from typing import Protocol

from harness.sim.kernel.plan import LAG, Choice, Plan
from harness.sim.kernel.swarm import Swarm
from harness.sim.kernel.timeline import MILLISECOND, SECOND

SHORTEST = MILLISECOND
"""What every message takes at least."""

QUICK, SLOW = 50 * MILLISECOND, 20 * SECOND
"""What an ordinary message takes at most, and one that is late."""

LATE = "message-late"
"""The kind of fault that makes a message late."""


class Choices(Protocol):
    """Answers what happens at a place."""

    def lag(self, place: str) -> int:
        """How long the message of this place takes, in nanoseconds."""

    def fault(self, place: str, kinds: tuple[str, ...], longest: int = 0) -> Choice | None:
        """Which of these kinds of fault strikes here, if any; its time is at most ``longest``."""

    def identifier(self, place: str) -> str:
        """A UUID of this place."""

    def plan(self) -> Plan:
        """All that was chosen up to now."""


class Drawn:
    """Choices from a seed; it remembers those that were not harmless."""

    def __init__(self, seed: int, swarm: Swarm) -> None:
        self._seed, self._swarm = seed, swarm
        self._key = hashlib.blake2b(str(seed).encode(), digest_size=16).digest()
        self._taken: dict[str, Choice] = {}

    def lag(self, place: str) -> int:
        """See ``Choices``."""
        if not self._swarm.lags:
            return SHORTEST
        number = self._number(place)
        late = self._swarm.rates.get(LATE, 0)
        longest = SLOW if number % 1000 < late else QUICK
        lag = SHORTEST + (number // 1000) % longest
        self._taken[place] = Choice(LAG, lag)
        return lag

    def fault(self, place: str, kinds: tuple[str, ...], longest: int = 0) -> Choice | None:
        """See ``Choices``."""
        rates = self._swarm.rates
        if not rates:
            return None
        number = self._number(place)
        left, number = number % 1000, number // 1000
        for kind in kinds:
            left -= rates.get(kind, 0)
            if left < 0:
                chosen = Choice(kind, 1 + number % longest if longest else 0)
                self._taken[place] = chosen
                return chosen
        return None

    def identifier(self, place: str) -> str:
        """See ``Choices``."""
        return _identifier(self._seed, place)

    def plan(self) -> Plan:
        """See ``Choices``."""
        return Plan(self._seed, dict(self._taken))

    def _number(self, place: str) -> int:
        return int.from_bytes(hashlib.blake2b(place.encode(), digest_size=8, key=self._key).digest(), "little")


class Replayed:
    """Choices from a plan; what it does not mention is harmless."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._taken: dict[str, Choice] = {}

    def lag(self, place: str) -> int:
        """See ``Choices``."""
        choice = self._plan.choices.get(place)
        if choice is None or choice.kind != LAG:
            return SHORTEST
        self._taken[place] = choice
        return choice.nanoseconds

    def fault(self, place: str, kinds: tuple[str, ...], longest: int = 0) -> Choice | None:
        """See ``Choices``."""
        choice = self._plan.choices.get(place)
        if choice is None or choice.kind not in kinds:
            return None
        self._taken[place] = choice
        return choice

    def identifier(self, place: str) -> str:
        """See ``Choices``."""
        return _identifier(self._plan.seed, place)

    def plan(self) -> Plan:
        """The part of the plan that came to pass."""
        return Plan(self._plan.seed, dict(self._taken))


def _identifier(seed: int, place: str) -> str:
    digest = hashlib.blake2b(f"{seed}/{place}".encode(), digest_size=16).digest()
    return str(uuid.UUID(bytes=digest, version=4))
