"""One measured stretch of a client: how much it did, and what that cost it.

Where it fits: a client process (the locustfile, or the plain loop) marks where the stretch begins and ends, and
writes a **window** into the file that its environment names; ``rig`` reads it. The time before, in which users are
spawned and connections made, does not count.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

WARM_VARIABLE, LENGTH_VARIABLE, FILE_VARIABLE, PROBED_VARIABLE = (
    "ASSAY_BENCH_WARM_SECONDS",
    "ASSAY_BENCH_SECONDS",
    "ASSAY_BENCH_FILE",
    "ASSAY_BENCH_PROBED",
)


@dataclass(frozen=True)
class Window:
    """``cpu_seconds`` is of the whole client process, all its threads. ``hub_delay_p99_seconds`` is how late greenlets
    were woken; ``None`` where nobody looked."""

    seconds: float
    workflows: int
    cpu_seconds: float
    hub_delay_p99_seconds: float | None = None

    @property
    def per_second(self) -> float:
        """Workflows that ended in a second."""
        return self.workflows / self.seconds

    @property
    def cpu_per_workflow_seconds(self) -> float:
        """What one workflow cost the client; infinite when there was none, so that nothing is never cheap."""
        return self.cpu_seconds / self.workflows if self.workflows else float("inf")

    def write(self, file: Path) -> None:
        """Write it for ``read``."""
        file.write_text(json.dumps(asdict(self)), encoding="utf-8")

    @staticmethod
    def read(file: Path) -> Window:
        """What ``write`` wrote.

        :raises OSError: when there is no such file: the client did not come to the end of its window.
        """
        return Window(**json.loads(file.read_text(encoding="utf-8")))


def together(windows: Sequence[Window]) -> Window:
    """Several stretches as one. How late greenlets were woken is left out: percentiles do not add up."""
    return Window(
        sum(window.seconds for window in windows),
        sum(window.workflows for window in windows),
        sum(window.cpu_seconds for window in windows),
    )


@dataclass(frozen=True)
class WindowRequest:
    """Which stretch a client is to measure, and where to write it. ``probed``: how late greenlets are woken, too."""

    warm_seconds: float
    seconds: float
    file: Path
    probed: bool = False

    def variables(self) -> dict[str, str]:
        """For the environment of the client's process."""
        return {
            WARM_VARIABLE: str(self.warm_seconds),
            LENGTH_VARIABLE: str(self.seconds),
            FILE_VARIABLE: str(self.file),
            PROBED_VARIABLE: str(int(self.probed)),
        }

    @staticmethod
    def from_environment(environ: Mapping[str, str] | None = None) -> WindowRequest:
        """What ``variables`` says, in the client's process."""
        given = os.environ if environ is None else environ
        warm_seconds, seconds = float(given[WARM_VARIABLE]), float(given[LENGTH_VARIABLE])
        return WindowRequest(warm_seconds, seconds, Path(given[FILE_VARIABLE]), given[PROBED_VARIABLE] == "1")


@dataclass(frozen=True)
class Mark:
    """Where a client stands: the time, how many workflows have ended, and its processor time so far."""

    at_seconds: float
    workflows: int
    cpu_seconds: float

    @staticmethod
    def now(workflows: int) -> Mark:
        """Here and now."""
        return Mark(time.monotonic(), workflows, time.process_time())

    def until(self, end: Mark, *, hub_delay_p99_seconds: float | None = None) -> Window:
        """The window from here to there."""
        return Window(
            end.at_seconds - self.at_seconds,
            end.workflows - self.workflows,
            end.cpu_seconds - self.cpu_seconds,
            hub_delay_p99_seconds,
        )
