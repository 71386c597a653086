"""The broker starts each service once, on first use, for everybody, and leaves nothing behind."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from pathlib import Path

import psutil
import pytest

from harness.broker import Broker, ask
from harness.errors import EnvironmentMissing
from harness.poll import eventually
from harness.stack.client import connect_client

ROOT = Path(__file__).parent.parent

SUITE = """
import os, pathlib, pytest

pytestmark = pytest.mark.long
@pytest.mark.parametrize("n", range(6))
def test_it(temporal_address, n):
    folder = pathlib.Path(os.environ["NOTES"])
    (folder / f"{os.getpid()}-{n}").write_text(temporal_address)
    if "HANG" in os.environ:
        import threading
        threading.Event().wait()
"""


class Counting:
    """Services that count how often each was started and stopped."""

    def __init__(self) -> None:
        self.events: Counter[str] = Counter()

    @asynccontextmanager
    async def good(self) -> AsyncIterator[str]:
        self.events["started"] += 1
        yield "127.0.0.1:1"
        self.events["stopped"] += 1

    @asynccontextmanager
    async def bad(self) -> AsyncIterator[str]:
        self.events["tried"] += 1
        raise EnvironmentMissing("there is no such binary")
        yield ""


@pytest.fixture
def counting() -> Counting:
    return Counting()


@pytest.fixture
def broker(counting: Counting) -> Iterator[Broker]:
    broker = Broker({"good": counting.good, "bad": counting.bad})
    yield broker
    broker.close()


def test_nothing_is_started_that_nobody_asks_for(counting: Counting) -> None:
    Broker({"good": counting.good}).close()
    assert not counting.events


def test_many_askers_share_one_start_and_close_stops_it(counting: Counting) -> None:
    broker = Broker({"good": counting.good})
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: ask(broker.ticket, "good"), range(32)))
    broker.close()
    assert set(answers) == {"127.0.0.1:1"}
    assert counting.events == {"started": 1, "stopped": 1}


def test_a_failed_start_is_told_to_everybody_and_tried_once(broker: Broker, counting: Counting) -> None:
    for _ in range(2):
        with pytest.raises(EnvironmentMissing, match="there is no such binary"):
            ask(broker.ticket, "bad")
    assert counting.events == {"tried": 1}


def test_a_stranger_gets_no_answer_and_starts_nothing(broker: Broker, counting: Counting) -> None:
    port = broker.ticket.split()[0]
    with pytest.raises(EnvironmentMissing, match="the broker has ended"):
        ask(f"{port} wrong", "good")
    with socket.create_connection(("127.0.0.1", int(port))):
        pass
    assert ask(broker.ticket, "good") == "127.0.0.1:1"
    assert counting.events["started"] == 1


def test_a_broker_that_has_ended_is_named(counting: Counting) -> None:
    broker = Broker({"good": counting.good})
    broker.close()
    with pytest.raises(EnvironmentMissing, match="no answer from the broker"):
        ask(broker.ticket, "good")


async def test_the_shared_server_serves(temporal_address: str) -> None:
    client = await connect_client(temporal_address)
    assert client.namespace == "default"


@pytest.mark.long
@pytest.mark.parametrize("workers", ["0", "2"])
def test_all_workers_of_a_test_run_get_the_same_server_and_it_ends_with_the_run(tmp_path: Path, workers: str) -> None:
    run = start_suite(tmp_path, workers)
    output, _ = run.communicate(timeout=90)
    assert run.returncode == 0, output
    notes = list((tmp_path / "notes").iterdir())
    assert len(notes) == 6
    (address,) = {note.read_text() for note in notes}
    assert not listens(address)


@pytest.mark.long
async def test_no_server_outlives_a_killed_test_run(tmp_path: Path) -> None:
    run = start_suite(tmp_path, "2", HANG="yes")
    notes = await eventually(
        lambda: list((tmp_path / "notes").iterdir()), what="a test of the suite to hold the server", timeout_seconds=60
    )
    address = notes[0].read_text()
    family = psutil.Process(run.pid).children(recursive=True)
    assert listens(address)
    os.kill(run.pid, signal.SIGKILL)
    run.communicate(timeout=30)
    await eventually(lambda: not listens(address), what="the dev server to end", timeout_seconds=30)
    _, alive = psutil.wait_procs(family, timeout=30)
    for process in alive:
        process.kill()
    assert not alive


def start_suite(folder: Path, workers: str, **environment: str) -> subprocess.Popen[str]:
    """A pytest run of its own over six tests that ask for the server and note its address under ``notes/``."""
    (folder / "notes").mkdir()
    (folder / "conftest.py").write_text('pytest_plugins = ["harness.plugin"]\n')
    (folder / "test_suite.py").write_text(SUITE)
    (folder / "app.py").write_text(
        "class app:\n    queues = {}\n    activities = staticmethod(lambda ports: [])\n"
        "    search_attributes = {'InvoiceStatus': 'Keyword'}\n"
    )
    (folder / "pyproject.toml").write_text('[tool.assay]\napp = "app"\nscenarios = "none"\n[tool.pytest]\n')
    settings = {"PYTHONPATH": f"{ROOT}{os.pathsep}{folder}", "NOTES": str(folder / "notes"), "TMPDIR": str(folder)}
    return subprocess.Popen(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-n", workers, str(folder)],
        cwd=folder,
        env={**os.environ, **settings, **environment},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def listens(address: str) -> bool:
    """Whether somebody accepts connections there."""
    host, _, port = address.partition(":")
    with socket.socket() as probe:
        probe.settimeout(5)
        return probe.connect_ex((host, int(port))) == 0
