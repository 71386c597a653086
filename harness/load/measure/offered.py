"""What an open schedule wanted, and how much of it the generator really began in time.

Data flow: the open loop counts → **offered** → merged over processes → thresholds, verdict. A generator that
begins late, or not at all, has measured itself: then the run says nothing of the system.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

LATE_SECONDS = 0.1
"""Work that begins later than this after its instant in the schedule was not offered when it should have been."""


@dataclass(frozen=True)
class Offered:
    """Counts of one process, or of several that were added up.

    ``scheduled``: how many instants of the schedule have passed. ``begun``: for how many of them work was begun at all.
    ``late``: how many of those began later than ``LATE_SECONDS`` after their instant.
    """

    scheduled: int = 0
    begun: int = 0
    late: int = 0

    @property
    def share(self) -> float | None:
        """Which share of the schedule was begun in time; ``None`` when the schedule wanted nothing yet."""
        return (self.begun - self.late) / self.scheduled if self.scheduled else None

    def __add__(self, other: Offered) -> Offered:
        return Offered(self.scheduled + other.scheduled, self.begun + other.begun, self.late + other.late)

    def to_json(self) -> dict[str, int]:
        """For a message or a file."""
        return {"scheduled": self.scheduled, "begun": self.begun, "late": self.late}

    @staticmethod
    def from_json(content: Mapping[str, int]) -> Offered:
        """What ``to_json`` wrote."""
        return Offered(content["scheduled"], content["begun"], content["late"])
