"""What records for the tests of checks are put together from, whatever the run was about."""

from __future__ import annotations

from harness.record.record import FaultRecord, RunInfo, Strike

RUN = RunInfo("run", "claim", "promise", 1, "dev", "2026-01-01T00:00:00Z", "assay run claim")


def struck(kind: str, name: str, since: float, until: float | None, *ends: str) -> FaultRecord:
    """A fault that struck this."""
    return FaultRecord("fault", kind, "", since, until, "landed", struck=(Strike(kind, name, since, until, ends),))
