"""What a load test measured: for each row how much began, how it ended, and how long it took, raw and corrected.

Data flow: a user's operation → **measurements** → merged over processes and machines → thresholds, verdict,
table, report. *Raw* is from the call to its end. *Corrected* is what somebody waited who wanted it at the intended
time: in an open run from the time in the schedule, in a closed one with what a waiting user could not ask put in
(``Latencies.record_corrected``). Only successes have a latency: an error that comes fast would flatter it, so errors
are counted, by text, and judged apart. What was cut off (*abandoned*) or never ended (*unfinished*) is neither.

Not covered: thread safety. One process fills its own from one thread and sends it on as JSON.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from harness.errors import HarnessDefect
from harness.load.measure.rows import Kind, Percentiles, Row, RowMeasurements, RowSummary, error_text

__all__ = ["Kind", "Measurements", "Percentiles", "Row", "RowMeasurements", "RowSummary"]

FORMAT = 1
"""Of the JSON; processes of one run are of one version, so another number is a mistake."""


class Measurements:
    """The measurements of one process, or of many after ``merge``.

    :param origin_seconds: when the test began here, on ``CLOCK_MONOTONIC``; by default now. Seconds count from it.
    :param clock: tells the time where an operation does not bring it.
    """

    def __init__(self, *, origin_seconds: float | None = None, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._origin_seconds = clock() if origin_seconds is None else origin_seconds
        self._rows: dict[Row, RowMeasurements] = {}

    def began(self, row: Row, count: int = 1) -> None:
        """Something of this row was attempted. What never ends afterwards shows as unfinished."""
        self._of(row).began += count

    def ended(
        self,
        row: Row,
        *,
        began_seconds: float,
        ended_seconds: float,
        intended_seconds: float,
        error: BaseException | str | None = None,
    ) -> None:
        """Something ended that the schedule wanted at ``intended_seconds``; all instants on ``CLOCK_MONOTONIC``."""
        measured, corrected = self._of(row), ended_seconds - intended_seconds
        if self._ended(measured, ended_seconds, corrected, error):
            measured.raw.record(ended_seconds - began_seconds)
            measured.corrected.record(corrected)

    def ended_closed(
        self,
        row: Row,
        *,
        took_seconds: float,
        expected_interval_seconds: float,
        error: BaseException | str | None = None,
    ) -> None:
        """Something ended just now, of a user that asks again only when it has its answer.

        :param expected_interval_seconds: how often this user asks when nothing keeps it waiting; 0 corrects nothing.
        """
        measured = self._of(row)
        if self._ended(measured, self._clock(), took_seconds, error):
            measured.raw.record(took_seconds)
            measured.corrected.record_corrected(took_seconds, expected_interval_seconds)

    def abandoned(self, row: Row) -> None:
        """Something was cut off by its own user's end: neither a success nor a failure of the system."""
        self._of(row).abandoned += 1

    def _ended(
        self, measured: RowMeasurements, at_seconds: float, took_seconds: float, error: BaseException | str | None
    ) -> bool:
        at = at_seconds - self._origin_seconds
        if error is not None:
            measured.errors[error_text(error)] += 1
            measured.timeline.failed(at)
            return False
        measured.succeeded += 1
        measured.timeline.succeeded(at, took_seconds)
        return True

    def _of(self, row: Row) -> RowMeasurements:
        # Not setdefault: an empty histogram is made of 28,672 counters, and this is called for each operation.
        measured = self._rows.get(row)
        if measured is None:
            measured = self._rows[row] = RowMeasurements()
        return measured

    def rows(self) -> dict[Row, RowMeasurements]:
        """Everything by row, in the order of kinds and names."""
        kinds = list(Kind)
        return dict(sorted(self._rows.items(), key=lambda item: (kinds.index(item[0].kind), item[0].name)))

    def summaries(self) -> tuple[RowSummary, ...]:
        """Every row in numbers, in the order of kinds and names."""
        return tuple(
            RowSummary(
                row=row,
                attempted=measured.attempted,
                succeeded=measured.succeeded,
                errors=tuple(sorted(measured.errors.items(), key=lambda item: (-item[1], item[0]))),
                abandoned=measured.abandoned,
                raw=Percentiles.of(measured.raw),
                corrected=Percentiles.of(measured.corrected),
            )
            for row, measured in self.rows().items()
        )

    def merge(self, other: Measurements) -> None:
        """Add what another counted, exactly; in whatever order many are added, the sum is the same."""
        for row, measured in other._rows.items():
            self._of(row).merge(measured)

    def to_json(self) -> dict[str, Any]:
        """For a message or a file: a few kilobytes, more with each second that something ended in."""
        rows = [{"kind": row.kind.value, "name": row.name, **of.to_json()} for row, of in self.rows().items()]
        return {"format": FORMAT, "rows": rows}

    @staticmethod
    def from_json(content: dict[str, Any]) -> Measurements:
        """What ``to_json`` wrote, to be read or merged.

        :raises HarnessDefect: when another version wrote it.
        """
        if content.get("format") != FORMAT:
            raise HarnessDefect(
                f"measurements of format {content.get('format')!r} came in, and this is format {FORMAT}; "
                "do all processes of the run have the same version of load/?"
            )
        measurements = Measurements()
        for row in content["rows"]:
            measurements._rows[Row(Kind(row["kind"]), row["name"])] = RowMeasurements.from_json(row)
        return measurements
