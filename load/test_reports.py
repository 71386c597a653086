"""The load test of reports, on the real application."""

from __future__ import annotations

import asyncio
from pathlib import Path

from harness.load.measure.measurements import Kind
from harness.load.testing_runs import run
from load.testing_application import application_up


async def test_reports_under_load(tmp_path: Path) -> None:
    async with application_up(tmp_path / "site") as site:
        where = ("--temporal-address", site.environment["TEMPORAL_ADDRESS"])
        options = (*where, "-u", "2", "-t", "8s", "--think-seconds", "0.1")
        done = await asyncio.to_thread(run, tmp_path / "load", "load/reports.py", options)
    assert done.code == 0, done.output
    [completion] = done.rows(Kind.COMPLETION)
    assert (completion.row.name, completion.errors) == ("ReportProduction", ())
    assert completion.succeeded > 0
