"""The load test of reports, on the real application."""

from __future__ import annotations

from pathlib import Path

from harness.load.measure.measurements import Kind
from load.testing_application import application_up, run_on


async def test_reports_under_load(tmp_path: Path) -> None:
    async with application_up(tmp_path / "site") as site:
        done = await run_on(site, tmp_path / "load", "load/reports.py", "-u", "2", "-t", "8s", "--think-seconds", "0.1")
    assert done.code == 0, done.output
    [completion] = done.rows(Kind.COMPLETION)
    assert (completion.row.name, completion.errors) == ("ReportProduction", ())
    assert completion.succeeded > 0
