"""One integer draws everything, through named streams.

A stream is drawn from the seed *and its name*, so asking for one more number in one place does not shift the draws of
another: adding a fault leaves the data of the run as it was.
"""

from __future__ import annotations

import hashlib
import random
from dataclasses import dataclass


@dataclass(frozen=True)
class Seed:
    """The seed of a run. ``value`` is what ``--seed`` takes and what the report prints."""

    value: int

    def stream(self, name: str) -> random.Random:
        """A generator of its own for ``name``; the same seed and name always give the same draws."""
        digest = hashlib.sha256(f"{self.value}/{name}".encode()).digest()
        return random.Random(int.from_bytes(digest, "big"))
