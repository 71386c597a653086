"""What is counted of one row of a load test, and the same in numbers to read.

Where it fits: ``measurements`` fills ``RowMeasurements``; thresholds, table and report read them or their summary. A
row is a kind and the name of a type, never an id, so that the number of rows does not grow with the load.
"""

from __future__ import annotations

import enum
import re
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from harness.load.measure.latencies import Latencies
from harness.load.measure.timeline import Timeline
from harness.words import words_of

ERROR_CHARACTERS = 200

_IDS = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f-]{22,}|\b0x[0-9a-f]+|\d+")


class Kind(enum.Enum):
    """What is measured. The value is the word for it in thresholds and tables."""

    START = "start"
    FIRST_TASK = "first-task"
    COMPLETION = "completion"
    UPDATE = "update"
    SIGNAL = "signal"
    QUERY = "query"
    UPLOAD = "upload"


@dataclass(frozen=True)
class Row:
    """A kind of operation on one type: the completion of ``InvoiceProcessing``, the query ``status``."""

    # Rows are looked up for each operation, and an enum's hash is Python code: the names tell them apart well enough.
    kind: Kind = field(hash=False)
    name: str

    def __str__(self) -> str:
        return f"{self.kind.value} {self.name}"


@dataclass(frozen=True)
class Percentiles:
    """Durations in seconds by nearest rank; ``None`` each when nothing succeeded."""

    p50: float | None
    p95: float | None
    p99: float | None
    max: float | None

    @staticmethod
    def of(latencies: Latencies) -> Percentiles:
        """The percentiles of a histogram."""
        p50, p95, p99 = (latencies.percentile(share) for share in (0.5, 0.95, 0.99))
        return Percentiles(p50, p95, p99, latencies.max_seconds)


@dataclass(frozen=True)
class RowSummary:
    """One row in numbers. ``errors`` are the texts, the most frequent first, with how often each came."""

    row: Row
    attempted: int
    succeeded: int
    errors: tuple[tuple[str, int], ...]
    abandoned: int
    raw: Percentiles
    corrected: Percentiles

    @property
    def failed(self) -> int:
        """How many ended with an error."""
        return sum(count for _, count in self.errors)

    @property
    def unfinished(self) -> int:
        """How many had neither ended nor been cut off when this was written."""
        return self.attempted - self.succeeded - self.failed - self.abandoned


@dataclass
class RowMeasurements:
    """All that is counted of one row. Made and filled by ``Measurements``."""

    began: int = 0
    succeeded: int = 0
    errors: Counter[str] = field(default_factory=Counter)
    abandoned: int = 0
    raw: Latencies = field(default_factory=Latencies)
    corrected: Latencies = field(default_factory=Latencies)
    timeline: Timeline = field(default_factory=Timeline)

    @property
    def attempted(self) -> int:
        """How many began: what was announced, or what ended where a row is not announced (a first task, say)."""
        return max(self.began, self.succeeded + self.errors.total() + self.abandoned)

    @property
    def unknown(self) -> int:
        """How many have an end that nobody saw: cut off, or still open."""
        return self.attempted - self.succeeded - self.errors.total()

    def merge(self, other: RowMeasurements) -> None:
        """Add what another process counted of this row."""
        self.began += other.began
        self.succeeded += other.succeeded
        self.errors.update(other.errors)
        self.abandoned += other.abandoned
        self.raw.merge(other.raw)
        self.corrected.merge(other.corrected)
        self.timeline.merge([other.timeline])

    def to_json(self) -> dict[str, Any]:
        """For a message or a file."""
        return {
            "began": self.began,
            "succeeded": self.succeeded,
            "errors": dict(sorted(self.errors.items())),
            "abandoned": self.abandoned,
            "raw": self.raw.to_json(),
            "corrected": self.corrected.to_json(),
            "timeline": self.timeline.to_json(),
        }

    @staticmethod
    def from_json(content: dict[str, Any]) -> RowMeasurements:
        """What ``to_json`` wrote."""
        return RowMeasurements(
            began=content["began"],
            succeeded=content["succeeded"],
            errors=Counter(content["errors"]),
            abandoned=content["abandoned"],
            raw=Latencies.from_json(content["raw"]),
            corrected=Latencies.from_json(content["corrected"]),
            timeline=Timeline.from_json(content["timeline"]),
        )


def error_text(error: BaseException | str) -> str:
    """What an error is counted under: its type and message without numbers and ids, so that like ones count as one."""
    said = error if isinstance(error, str) else words_of(error).removesuffix(": ")
    return _IDS.sub("#", said.strip() or "an error without a word")[:ERROR_CHARACTERS]
