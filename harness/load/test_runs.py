"""Whole runs of locust against the stub: what they measure, how they end, and that none is green for nothing."""

from __future__ import annotations

import signal
import time
from pathlib import Path

import pytest

from harness.load.measure.measurements import Kind
from harness.load.testing_runs import ended, locust, run, run_until, stub_up
from harness.stack.processes.ports import free_ports

pytestmark = pytest.mark.long

QUICK = ("-r", "10", "--think-seconds", "0.2", "--seed", "1", "--settle-seconds", "3")


def test_nothing_executed_is_not_green(tmp_path: Path) -> None:
    with stub_up() as stub:
        done = run(tmp_path, "harness/load/testing_idle.py", (*stub.addresses, *QUICK, "-u", "2", "-t", "6s"))
    assert done.code == 4, done.output
    assert "nothing was executed" in done.output


def test_wrong_options_are_refused_before_anything_runs(tmp_path: Path) -> None:
    config = tmp_path / "locust.toml"
    config.write_text('[tool.locust]\nrate = "fast"\n')
    options = ("--temporal-address", "127.0.0.1:1", "-t", "1s", "--config", str(config), "--seed", "one")
    variables = {"ASSAY_LOAD_THRESHOLDS": "complition.p99<5s"}
    with locust(tmp_path, "harness/load/testing_simple.py", *options, variables=variables) as process:
        done = ended(process, tmp_path)
    assert (done.code, done.written) == (2, None), done.output
    for told in ("complition", "seed", "fast"):
        assert told in done.output


def test_a_folder_that_cannot_be_written_is_told_at_the_beginning(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("a file", encoding="utf-8")
    done = run(tmp_path / "taken", "harness/load/testing_idle.py", ("--temporal-address", "127.0.0.1:1", "-t", "5s"))
    assert (done.code, done.written) == (2, None), done.output
    assert "name a folder that can be written to" in done.output


def test_a_server_that_is_not_there_ends_with_3(tmp_path: Path) -> None:
    address = f"127.0.0.1:{free_ports(1)[0]}"
    done = run(tmp_path, "harness/load/testing_simple.py", ("--temporal-address", address, "-t", "5s"))
    assert (done.code, done.written) == (3, None), done.output
    assert f"Temporal at {address} cannot be reached" in done.output


def test_a_broken_threshold_ends_with_1(tmp_path: Path) -> None:
    with stub_up("--workflow-seconds", "0.1") as stub:
        options = ("-u", "2", "--thresholds", "completion.p50<1ms")
        done = run_until(5, stub, tmp_path, "harness/load/testing_simple.py", (*QUICK, *options))
    assert done.code == 1, done.output
    assert "completion.p50<1ms" in done.output


def test_killed_users_are_no_successes(tmp_path: Path) -> None:
    with stub_up("--workflow-seconds", "60") as stub:
        options = ("-u", "4", "--drain-seconds", "0.3")
        done = run_until(4, stub, tmp_path, "harness/load/testing_simple.py", (*QUICK, *options))
    [completion] = done.rows(Kind.COMPLETION)
    assert (completion.succeeded, completion.errors, completion.abandoned) == (0, (), 4)
    assert done.code == 4, done.output
    assert done.written is not None
    assert done.written["server"] == {"Running": 4}


def test_users_whose_thinking_ends_while_all_are_stopped_are_not_cut_off(tmp_path: Path) -> None:
    with stub_up("--workflow-seconds", "0.05") as stub:
        options = ("-u", "600", "-r", "600", "--arrivals", "closed", "--think-seconds", "1")
        done = run_until(700, stub, tmp_path, "harness/load/testing_slow_end.py", options)
    [completion] = done.rows(Kind.COMPLETION)
    assert completion.succeeded > 600
    assert (completion.abandoned, completion.unfinished) == (0, 0)
    assert done.code == 0, done.output


@pytest.mark.timeout(240)
def test_a_server_that_dies_half_way_is_not_green(tmp_path: Path) -> None:
    limits = ("--operation-timeout-seconds", "1", "--drain-seconds", "2", "--settle-seconds", "1")
    for seconds in (9, 25):  # on a busy machine the shorter may be nearly over before the server dies
        folder, began = tmp_path / str(seconds), time.monotonic()
        with stub_up("--workflow-seconds", "0.1") as stub:
            options = (*stub.addresses, *QUICK, "-u", "4", "-t", f"{seconds}s", *limits)
            with locust(folder, "harness/load/testing_simple.py", *options) as process:
                stub.wait_until_started(8)
                half_way = time.monotonic() - began < seconds - 3
                stub.process.kill()
                done = ended(process, folder)
        if half_way:
            break
    assert done.code == 1, done.output
    assert "the server's counts could not be read" in done.output
    [start] = done.rows(Kind.START)
    # What was measured before is kept.
    assert start.succeeded > 0
    assert start.errors


@pytest.mark.parametrize("by", [signal.SIGINT, signal.SIGTERM], ids=["interrupted", "terminated"])
def test_a_run_ended_before_its_time_keeps_what_it_has_and_is_not_green(tmp_path: Path, by: signal.Signals) -> None:
    with stub_up("--workflow-seconds", "0.1") as stub:
        done = run_until(8, stub, tmp_path, "harness/load/testing_simple.py", (*QUICK, "-u", "4", "-t", "300s"), by)
    assert done.code == 4, done.output
    assert "interrupted" in done.output
    [completion] = done.rows(Kind.COMPLETION)
    assert completion.succeeded > 0


def test_a_mistake_in_the_locustfile_is_not_green(tmp_path: Path) -> None:
    with stub_up() as stub:
        done = run_until(4, stub, tmp_path, "harness/load/testing_broken.py", (*QUICK, "-u", "2"))
    assert done.code == 4, done.output
    assert "the locustfile failed with KeyError" in done.output
