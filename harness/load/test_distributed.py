"""One test over several processes: every workflow is counted once, whoever started it; a lost worker is no secret."""

from __future__ import annotations

import signal
from pathlib import Path

import psutil
import pytest

from harness.load.measure.measurements import Kind
from harness.load.testing_runs import ended, locust, on_port, run_until, stop_after, stub_up

pytestmark = pytest.mark.long

QUICK = ("-r", "10", "--think-seconds", "0.2", "--seed", "1", "--settle-seconds", "3")


def test_forked_processes_add_up(tmp_path: Path) -> None:
    with stub_up() as stub:
        done = run_until(40, stub, tmp_path, "load/invoices.py", (*QUICK, *on_port(), "--processes", "2", "-u", "6"))
    assert done.code == 0, done.output
    assert done.written is not None
    [start], [completion] = done.rows(Kind.START), done.rows(Kind.COMPLETION)
    assert start.succeeded >= 40
    assert done.written["server"] == {"Completed": start.succeeded}
    assert completion.succeeded == start.succeeded


def test_a_master_and_two_workers_share_one_schedule(tmp_path: Path) -> None:
    port = on_port()
    with stub_up("--workflow-seconds", "0.1") as stub:
        schedule = ("--arrivals", "constant", "--rate", "10", "--thresholds", "offered>=1%")
        options = (*stub.addresses, *QUICK, *port, "--master", "--expect-workers", "2", *schedule)
        worker = ("harness/load/testing_simple.py", "--worker", *port)
        with (
            locust(tmp_path, "harness/load/testing_simple.py", *options) as master,
            locust(tmp_path, *worker) as one,
            locust(tmp_path, *worker) as other,
        ):
            stop_after(30, stub, master)
            done = ended(master, tmp_path)
            outputs = [ended(process, tmp_path).output for process in (one, other)]
    assert done.code == 0, (done.output, *outputs)
    assert done.written is not None
    offered = done.written["offered"]
    # Each doing all of it would be twice as many.
    assert 30 <= offered["begun"] <= offered["scheduled"] <= 10 * done.written["lasted_seconds"] + 2
    assert done.written["server"] == {"Completed": offered["begun"]}
    assert done.rows(Kind.COMPLETION)[0].succeeded == offered["begun"]


def test_a_lost_worker_is_told_and_what_is_known_is_kept(tmp_path: Path) -> None:
    with stub_up("--workflow-seconds", "0.1") as stub:
        options = (*stub.addresses, *QUICK, *on_port(), "--processes", "2", "-u", "4")
        with locust(tmp_path, "harness/load/testing_simple.py", *options) as master:
            stub.wait_until_started(20)
            psutil.Process(master.pid).children()[0].send_signal(signal.SIGKILL)
            stop_after(30, stub, master)
            done = ended(master, tmp_path)
    assert done.code == 4, done.output
    assert "was lost" in done.output
    [completion] = done.rows(Kind.COMPLETION)
    assert completion.succeeded > 0
