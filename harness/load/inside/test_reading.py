"""A reading of real pages over HTTP and of real processes: what does not answer is a gap, within its time."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import psutil
import pytest

from harness.load.inside.processes import ProcessReading, read_processes, stable
from harness.load.inside.reading import ANSWER_TIMEOUT_SECONDS, Reading, take_reading
from harness.load.inside.sources import Sources
from harness.load.inside.testing_pages import NEVER, pages_shown
from harness.load.inside.testing_readings import SERVER_PAGE, WORKER_PAGE
from harness.load.inside.usage import GENERATOR
from harness.poll import eventually
from harness.stack.processes.ports import free_ports

PATIENCE_SECONDS = 60.0
BUSY = "import subprocess, sys; child = subprocess.Popen([sys.executable, '-c', 'while True: pass']); child.wait()"


async def read(metrics: dict[str, str]) -> Reading:
    async with httpx.AsyncClient(trust_env=False, timeout=None) as http:
        return await take_reading(Sources(metrics), http)


async def read_unless_busy(metrics: dict[str, str], held: str) -> Reading:
    """Read, and again as long as a busy machine keeps any other than the held page from answering in time."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while True:
            reading = await read(metrics)
            if {name for name, why in reading.missing.items() if "did not answer" in why} <= {held}:
                return reading


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Waits for pages that answer for as long as a busy machine takes."""
    monkeypatch.setattr("harness.load.inside.reading.ANSWER_TIMEOUT_SECONDS", PATIENCE_SECONDS)


async def test_pages_that_answer_are_read_and_the_others_are_gaps_with_a_reason() -> None:
    with pages_shown({"/server": SERVER_PAGE, "/worker": WORKER_PAGE, "/held": NEVER}) as url:
        began_seconds = time.monotonic()
        paths = ("server", "worker", "held", "absent")
        (closed,) = free_ports(1)
        urls = {name: f"{url}/{name}" for name in paths} | {"dead": f"http://127.0.0.1:{closed}/metrics"}
        reading = await read_unless_busy(urls, "held")
        took_seconds = time.monotonic() - began_seconds
    assert reading.pages["server"].transitions == 320
    assert reading.pages["worker"].used == {"ActivityWorker": 3}
    assert set(reading.missing) == {"held", "absent", "dead"}
    assert "did not answer within 1.5 s" in reading.missing["held"]
    assert "404" in reading.missing["absent"]
    assert took_seconds >= ANSWER_TIMEOUT_SECONDS


@pytest.mark.usefixtures("patient")
async def test_a_page_of_something_else_tells_nothing() -> None:
    with pages_shown({"/metrics": "not metrics at all"}) as url:
        reading = await read({"strange": f"{url}/metrics"})
    assert reading.pages["strange"].backlog is None


@pytest.mark.usefixtures("patient")
@pytest.mark.parametrize("wrong", ["{} many", "{ nonsense", '{namespace="default",taskq'])
async def test_a_page_with_a_wanted_line_that_is_no_sample_is_a_gap(wrong: str) -> None:
    with pages_shown({"/metrics": f"approximate_backlog_count{wrong}"}) as url:
        reading = await read({"strange": f"{url}/metrics"})
    assert "/metrics does not show its metrics: ValueError" in reading.missing["strange"]


@pytest.mark.usefixtures("patient")
async def test_a_reading_goes_through_json_unchanged() -> None:
    with pages_shown({"/metrics": WORKER_PAGE}) as url:
        async with httpx.AsyncClient(trust_env=False, timeout=None) as http:
            sources = Sources({"worker-1": f"{url}/metrics", "dead": "http://127.0.0.1:1/"}, os.getpid())
            reading = await take_reading(sources, http)
    assert reading.processes
    assert Reading.from_json(json.loads(json.dumps(reading.to_json(), allow_nan=False))) == reading


@pytest.fixture
def busy(tmp_path: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A process, and a child of it that uses a processor; both write to the log of a worker."""
    with (tmp_path / "worker-1.2.log").open("wb") as log:
        process = subprocess.Popen([sys.executable, "-c", BUSY], stdout=log, stderr=log)
    yield process
    for child in psutil.Process(process.pid).children(recursive=True):
        child.kill()
    process.kill()
    process.wait()


async def test_the_tree_of_a_process_is_read_under_the_name_of_its_slot(busy: subprocess.Popen[bytes]) -> None:
    def used() -> tuple[ProcessReading, ...] | None:
        found = read_processes(busy.pid, None, without=0)
        return found if len(found) == 2 and sum(each.cpu_seconds for each in found) > 0.2 else None

    found = await eventually(used, what="the child to have used a processor", timeout_seconds=60)
    assert {each.name for each in found} == {"worker-1"}
    assert all(each.own_bytes + each.shared_bytes > 2**20 for each in found)


async def test_the_generator_is_told_apart_and_who_reads_is_left_out(busy: subprocess.Popen[bytes]) -> None:
    def children() -> list[psutil.Process]:
        return psutil.Process(busy.pid).children()

    (child,) = await eventually(children, what="the child to be there", timeout_seconds=60)
    assert [each.name for each in read_processes(busy.pid, child.pid, without=busy.pid)] == [GENERATOR]


def test_a_process_that_is_gone_is_no_error() -> None:
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    assert read_processes(gone.pid, None, without=0) == ()


def test_the_name_of_a_slot_is_that_of_all_who_were_in_it() -> None:
    assert [stable(name) for name in ("worker-1.1", "worker-1.12", "history-2", "python3.11")] == [
        *("worker-1", "worker-1", "history-2", "python3.11")
    ]
