"""Both locustfiles against the real application: green when it works, and not when it does not."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from harness.experiment.site import Site
from harness.load.measure.measurements import Kind
from harness.load.testing_runs import Ended
from harness.stack.processes.ports import free_ports
from load.testing_application import application_up, run_on

# One application for all of them, so they stay in one process.
pytestmark = [pytest.mark.long, pytest.mark.xdist_group("application"), pytest.mark.timeout(180)]

SECONDS = 8
QUICK = ("-t", f"{SECONDS}s", "-r", "10", "--think-seconds", "0.2", "--seed", "1")
HABITS = "prompt=1,parts=1,parts-delivered-twice=1,cancels=1,part-then-cancels=1"
EXTRAS = "double-upload=50,double-click=50,ask=50"


@pytest.fixture(scope="module")
async def application(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Site]:
    async with application_up(tmp_path_factory.mktemp("site")) as site:
        yield site


def succeeded(done: Ended, kind: Kind) -> dict[str, int]:
    return {row.row.name: row.succeeded for row in done.rows(kind)}


def assert_valid_and_as_the_server_counts(done: Ended) -> None:
    assert done.code == 0, done.output
    assert done.written is not None
    assert done.written["verdict"] == "VALID"
    assert not [row for kind in Kind for row in done.rows(kind) if row.errors or row.abandoned]
    begun = succeeded(done, Kind.START)["InvoiceProcessing"]
    assert done.written["server"] == {"Completed": begun}
    assert succeeded(done, Kind.COMPLETION) == {"InvoiceProcessing": begun}
    assert begun > 0


async def test_one_invoice_after_the_other(application: Site, tmp_path: Path) -> None:
    done = await run_on(application, tmp_path, "load/invoices.py", *QUICK, "-u", "3")
    assert_valid_and_as_the_server_counts(done)
    assert succeeded(done, Kind.UPLOAD)["invoice"] >= succeeded(done, Kind.START)["InvoiceProcessing"]
    assert succeeded(done, Kind.UPDATE)["pay"] > 0


async def test_a_company_s_day(application: Site, tmp_path: Path) -> None:
    # A machine that is busy otherwise may begin some of it late, which is not what this is about.
    schedule = ("--rate", "3", "--mix", f"{HABITS},{EXTRAS}", "--thresholds", "offered>=1%")
    done = await run_on(application, tmp_path, "load/mixed.py", *QUICK, *schedule)
    assert_valid_and_as_the_server_counts(done)
    assert succeeded(done, Kind.UPDATE).keys() == {"pay", "cancel"}
    assert succeeded(done, Kind.QUERY).keys() == {"status", "invoice"}
    assert succeeded(done, Kind.UPLOAD).keys() == {"invoice", "invoice again"}
    assert succeeded(done, Kind.START).keys() == {"InvoiceProcessing", "InvoiceProcessing again"}
    assert 0 < succeeded(done, Kind.UPLOAD)["invoice again"] < succeeded(done, Kind.UPLOAD)["invoice"]


async def test_a_bound_that_the_application_does_not_keep_ends_with_1(application: Site, tmp_path: Path) -> None:
    limits = ("--thresholds", "completion.p50<1ms")
    done = await run_on(application, tmp_path, "load/invoices.py", *QUICK, "-u", "1", "-t", "2s", *limits)
    assert done.code == 1, done.output
    assert "completion.p50<1ms is broken" in done.output


async def test_an_api_that_nobody_answers_at_ends_with_1(application: Site, tmp_path: Path) -> None:
    nowhere = ("--api-address", f"127.0.0.1:{free_ports(1)[0]}")
    done = await run_on(application, tmp_path, "load/invoices.py", *QUICK, "-u", "1", "-t", "2s", *nowhere)
    assert done.code == 1, done.output
    assert "errors<1% is broken: 100 %" in done.output
    assert succeeded(done, Kind.UPLOAD) == {"invoice": 0}
