"""Measuring one operation: how long it took, and as what it ended.

Data flow: ``operations`` puts every call into ``measured`` → locust's own table (its request event) and our
``measurements``. locust's ``request.measure`` counts a user that is killed in the middle of a call as a success with
the time until then; here it is *abandoned*, which is neither success nor failure.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from harness.load.measure.measurements import Measurements, Row

FEWEST_CYCLES = 10
GROWTH = 1.1


class Cycles:
    """How often a user of this process usually comes round: the median of all rounds so far.

    It is what a closed run is corrected by. A pause of the system makes a few rounds long and leaves the median.
    """

    def __init__(self) -> None:
        self._seconds: list[float] = []
        self._usual_seconds = 0.0
        self._look_again_at = FEWEST_CYCLES

    def record(self, seconds: float) -> None:
        """One round of one user, its thinking included."""
        self._seconds.append(seconds)
        if len(self._seconds) >= self._look_again_at:
            self._look_again_at = int(len(self._seconds) * GROWTH) + 1
            self._usual_seconds = sorted(self._seconds)[len(self._seconds) // 2]

    @property
    def usual_seconds(self) -> float:
        """The median; 0, which corrects nothing, until there are enough rounds."""
        return self._usual_seconds


@dataclass(frozen=True)
class Meter:
    """Records operations.

    :param fire: locust's request event.
    """

    measurements: Measurements
    fire: Callable[..., None]
    cycles: Cycles = field(default_factory=Cycles)

    @contextmanager
    def measured(
        self, row: Row, *, since_seconds: float | None = None, lateness_seconds: float | None = None
    ) -> Iterator[None]:
        """Measure what happens inside; an exception is counted and goes on.

        :param since_seconds: when it began, on CLOCK_MONOTONIC; by default now.
        :param lateness_seconds: by how much this piece of work began behind its schedule; ``None``: nothing is
            scheduled, a user asks again when it has its answer.
        """
        self.measurements.began(row)
        began_seconds = time.monotonic() if since_seconds is None else since_seconds
        try:
            yield
        except Exception as error:
            self._ended(row, began_seconds, lateness_seconds, error)
            raise
        except BaseException:
            # The user's own end: a kill, a time limit of locust's, an interrupt.
            self.measurements.abandoned(row)
            raise
        self._ended(row, began_seconds, lateness_seconds, None)

    @contextmanager
    def measured_in_turn(
        self, first: Row, second: Row, *, turned_seconds: Callable[[], float | None], lateness_seconds: float | None
    ) -> Iterator[None]:
        """Measure what happens inside as two rows, one after the other and both from now on.

        :param turned_seconds: when the first was over, on CLOCK_MONOTONIC; ``None`` while it is not. Whatever ends the
            block before that ends the first, and the second never began.
        :param lateness_seconds: as of ``measured``.
        """
        self.measurements.began(first)
        began_seconds = time.monotonic()
        try:
            yield
        except BaseException as error:
            turned = turned_seconds()
            if turned is not None:
                self._ended(first, began_seconds, lateness_seconds, None, ended_seconds=turned)
                self.measurements.began(second)
            row = first if turned is None else second
            if isinstance(error, Exception):
                self._ended(row, began_seconds, lateness_seconds, error)
            else:
                self.measurements.abandoned(row)
            raise
        self._ended(first, began_seconds, lateness_seconds, None, ended_seconds=turned_seconds())
        self.measurements.began(second)
        self._ended(second, began_seconds, lateness_seconds, None)

    def noted(self, row: Row, took_seconds: float) -> None:
        """Something that was measured elsewhere, such as by the server's own clock, and ended just now."""
        self.measurements.began(row)
        self._ended(row, time.monotonic() - took_seconds, 0.0, None)

    def _ended(
        self,
        row: Row,
        began_seconds: float,
        lateness_seconds: float | None,
        error: Exception | None,
        *,
        ended_seconds: float | None = None,
    ) -> None:
        ended_seconds = time.monotonic() if ended_seconds is None else ended_seconds
        took_seconds = ended_seconds - began_seconds
        if lateness_seconds is None:
            interval_seconds = self.cycles.usual_seconds
            self.measurements.ended_closed(
                row, took_seconds=took_seconds, expected_interval_seconds=interval_seconds, error=error
            )
        else:
            intended_seconds = began_seconds - lateness_seconds
            self.measurements.ended(
                row,
                began_seconds=began_seconds,
                ended_seconds=ended_seconds,
                intended_seconds=intended_seconds,
                error=error,
            )
        report: dict[str, Any] = {"request_type": row.kind.value, "name": row.name, "exception": error}
        self.fire(**report, response_time=took_seconds * 1000, response_length=0, context={})
