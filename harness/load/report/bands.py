"""When faults worked during a load test: the windows that its report shades.

Data flow: the journal of a claim's run → **bands** → ``ending``. A fault that was never healed has no end.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from harness.record.journal import read_journals
from harness.report.charts.svg import Band


def bands_of(run_folder: Path, began_seconds: float) -> tuple[Band, ...]:
    """The faults of the run so far, in the order in which they struck.

    :param began_seconds: when the load began, on the clock of the journal (CLOCK_MONOTONIC).
    """
    lines = [line for line in read_journals(run_folder / "journal") if line["kind"] in ("fault-planned", "fault")]
    kinds = {line["fault_id"]: line["fault"] for line in lines if line["kind"] == "fault-planned"}
    struck = _times(lines, "injected")
    healed = _times(lines, "healed")
    in_order = sorted(struck, key=lambda fault_id: struck[fault_id])
    return tuple(
        Band(
            number,
            kinds[fault_id],
            struck[fault_id] - began_seconds,
            healed[fault_id] - began_seconds if fault_id in healed else None,
        )
        for number, fault_id in enumerate(in_order, 1)
    )


def _times(lines: list[dict[str, Any]], event: str) -> Mapping[str, float]:
    told = (line for line in lines if line["kind"] == "fault" and line["event"] == event)
    return {line["fault_id"]: line.get("since_seconds", line["at_seconds"]) for line in told}
