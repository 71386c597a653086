"""Whole runs of the company's locustfiles against the stub: what they ask for is what the server counts."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.load.measure.measurements import Kind
from harness.load.testing_runs import ended, locust, run_until, stub_up

pytestmark = pytest.mark.long

QUICK = ("-r", "10", "--think-seconds", "0.2", "--seed", "1", "--settle-seconds", "3")


def test_a_closed_run_of_invoices_agrees_with_the_server(tmp_path: Path) -> None:
    with stub_up() as stub:
        options = ("-u", "5", "--mix", "prompt=3,parts=1,cancels=1,ask=50,double-click=20")
        done = run_until(60, stub, tmp_path, "load/invoices.py", (*QUICK, *options))
    assert done.code == 0, done.output
    assert done.written is not None
    assert done.written["verdict"] == "VALID"
    starts = {row.row.name: row.succeeded for row in done.rows(Kind.START)}
    [completion] = done.rows(Kind.COMPLETION)
    assert done.written["server"] == {"Completed": starts["InvoiceProcessing"]}
    assert completion.succeeded == starts["InvoiceProcessing"] >= 60
    assert 0 < starts["InvoiceProcessing again"] < starts["InvoiceProcessing"]
    assert {row.row.name for row in done.rows(Kind.UPDATE)} == {"pay", "cancel"}
    assert {row.row.name for row in done.rows(Kind.QUERY)} == {"status", "invoice"}
    assert not [row for kind in Kind for row in done.rows(kind) if row.errors]
    assert (done.folder / "report.html").is_file()
    # What it came to is the last that is said, below locust's own tables.
    assert "VALID  All 2 thresholds were met" in done.output.partition("Response time percentiles")[2]


def test_an_open_run_begins_what_its_schedule_says(tmp_path: Path) -> None:
    with stub_up() as stub:
        # A machine that is busy otherwise may begin some of it late, which is not what this is about.
        options = ("--arrivals", "constant", "--rate", "10", "--thresholds", "offered>=1%")
        done = run_until(30, stub, tmp_path, "load/invoices.py", (*QUICK, *options))
    assert done.code == 0, done.output
    assert done.written is not None
    offered = done.written["offered"]
    assert 30 <= offered["begun"] <= offered["scheduled"] <= 10 * done.written["lasted_seconds"] + 1
    assert done.written["server"] == {"Completed": offered["begun"]}


def test_a_company_s_day_agrees_with_the_server(tmp_path: Path) -> None:
    with stub_up() as stub:
        habits = "prompt=1,parts=1,parts-delivered-twice=1,cancels=1,part-then-cancels=1"
        mix = f"{habits},double-upload=50,double-click=50,ask=50"
        options = ("--rate", "12", "--mix", mix, "--thresholds", "offered>=1%")
        done = run_until(30, stub, tmp_path, "load/mixed.py", (*QUICK, *options))
    assert done.code == 0, done.output
    assert done.written is not None
    assert done.written["server"] == {"Completed": done.written["offered"]["begun"]}
    assert {row.row.name for row in done.rows(Kind.UPLOAD)} == {"invoice", "invoice again"}
    assert {row.row.name for row in done.rows(Kind.START)} == {"InvoiceProcessing", "InvoiceProcessing again"}
    assert not [row for kind in Kind for row in done.rows(kind) if row.errors]


def test_wrong_options_of_the_company_are_refused_with_all_others(tmp_path: Path) -> None:
    config = tmp_path / "locust.toml"
    config.write_text('[tool.locust]\npayload = "huge"\n')
    options = ("--temporal-address", "127.0.0.1:1", "-t", "1s", "--config", str(config), "--mix", "payed=1")
    with locust(tmp_path, "load/invoices.py", *options, variables={"ASSAY_LOAD_RATE": "fast"}) as process:
        done = ended(process, tmp_path)
    assert (done.code, done.written) == (2, None), done.output
    for told in ("payed", "huge", "fast"):
        assert told in done.output
