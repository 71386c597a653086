"""Which kinds of faults a seed has, and how often each.

Not all kinds in every seed: faults hide one another (who is terminated at once is never late), so each seed leaves
about half of them out and takes the rest at a rate of its own.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

RATES = (20, 50, 100, 300)
"""Of a thousand, for a kind that a seed has."""


@dataclass(frozen=True)
class Swarm:
    """The rate of each kind of fault, of a thousand places where it can strike; and whether times vary at all."""

    rates: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))
    lags: bool = False

    @classmethod
    def drawn(cls, seed: int, kinds: tuple[str, ...]) -> Swarm:
        """The swarm of this seed, of these kinds."""
        rates = {}
        for kind in kinds:
            number = int.from_bytes(hashlib.blake2b(f"{seed}/swarm/{kind}".encode(), digest_size=8).digest(), "big")
            if number % 2:
                rates[kind] = RATES[(number >> 1) % len(RATES)]
        return cls(rates, lags=True)


CALM = Swarm()
"""Nothing ever goes wrong, and every message takes the same time."""

INNOCENT = Swarm(lags=True)
"""Nothing goes wrong, but messages overtake one another."""
