"""Runs of locust for tests, each in a process of its own: importing locust would patch the one of the tests.

Whatever is started here belongs to a run id with a watchdog, which ends it when the process of the tests is gone.
"""

from __future__ import annotations

import atexit
import functools
import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from harness.load.measure.measurements import Kind, Measurements, RowSummary
from harness.stack.processes.ports import free_ports
from harness.stack.processes.process import RUN_ID_VARIABLE
from harness.stack.processes.watchdog import Watchdog

ROOT = Path(__file__).parents[2]
READY_TIMEOUT_SECONDS = 60.0
RUN_TIMEOUT_SECONDS = 90.0
LAG_BOUND = "60"
"""Seconds. Where tests run beside each other the generator may be late, and how late is not what they are about."""


@functools.cache
def watched() -> str:
    """The run id of all that this process starts, with its watchdog."""
    run_id = f"tests-{secrets.token_hex(8)}"
    watchdog = Watchdog(run_id)
    watchdog.__enter__()
    atexit.register(watchdog.__exit__, None, None, None)
    return run_id


@dataclass(frozen=True)
class Stub:
    """A stub frontend in a process of its own, with API and payment provider."""

    process: subprocess.Popen[bytes]
    port: int
    http_port: int

    @property
    def addresses(self) -> tuple[str, ...]:
        """The options that point any load test at it."""
        return ("--temporal-address", f"127.0.0.1:{self.port}")

    @property
    def variables(self) -> Mapping[str, str]:
        """The variables that point a locustfile of this company at what it serves beside Temporal."""
        return {
            "ASSAY_LOAD_API_ADDRESS": f"127.0.0.1:{self.http_port}",
            "ASSAY_LOAD_PAYMENTS_URL": f"http://127.0.0.1:{self.http_port}",
        }

    def wait_until_started(self, count: int) -> None:
        """Wait until so many workflows were started."""
        deadline = time.monotonic() + READY_TIMEOUT_SECONDS
        while time.monotonic() < deadline:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.http_port}/count", timeout=60) as answer:
                if json.load(answer)["workflows"] >= count:
                    return
            time.sleep(0.05)
        raise AssertionError(f"{count} workflows were not started within {READY_TIMEOUT_SECONDS:g} s")

    def stand_still(self, seconds: float) -> None:
        """Have it do nothing at all for a while, as a stopped process does, and then go on."""
        self.process.send_signal(signal.SIGSTOP)
        time.sleep(seconds)
        self.process.send_signal(signal.SIGCONT)


@dataclass(frozen=True)
class Ended:
    """A run of locust that has ended. ``written`` is its ``load.json``, ``None`` when there is none."""

    code: int
    output: str
    folder: Path
    written: dict[str, Any] | None

    def rows(self, kind: Kind) -> list[RowSummary]:
        """What it measured of a kind."""
        assert self.written is not None, self.output
        summaries = Measurements.from_json(self.written["measurements"]).summaries()
        return [row for row in summaries if row.row.kind is kind]


@contextmanager
def stub_up(*options: str) -> Iterator[Stub]:
    """A stub that serves; it is ended with the context."""
    port, http_port = free_ports(2)
    command = [
        sys.executable,
        "-m",
        "harness.load.bench.stub_frontend",
        "--port",
        str(port),
        "--http-port",
        str(http_port),
        *options,
    ]
    process = subprocess.Popen(command, cwd=ROOT, env=_environment())
    try:
        wait_until_it_listens(http_port, process)
        yield Stub(process, port, http_port)
    finally:
        process.kill()
        process.wait()


@contextmanager
def locust(
    folder: Path, file: str, *options: str, headless: bool = True, variables: Mapping[str, str] | None = None
) -> Iterator[subprocess.Popen[str]]:
    """Begin locust, with reports into the folder; ``ended`` waits for it, and it is gone with the context."""
    command = [sys.executable, "-m", "locust", "-f", file, "--report-folder", str(folder), *options]
    command += ["--headless", "--only-summary"] if headless else []
    pipes: Any = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True}
    with subprocess.Popen(command, cwd=ROOT, env={**_environment(), **(variables or {})}, **pipes) as process:
        try:
            yield process
        finally:
            process.kill()


def on_port() -> tuple[str, ...]:
    """The options by which a master and its workers find each other, at a free port."""
    port = str(free_ports(1)[0])
    return ("--master-port", port, "--master-bind-port", port)


def ended(process: subprocess.Popen[str], folder: Path) -> Ended:
    """Wait for its end."""
    output, _ = process.communicate(timeout=RUN_TIMEOUT_SECONDS)
    files = sorted(folder.glob("*/load.json"))
    written = json.loads(files[-1].read_text(encoding="utf-8")) if files else None
    return Ended(process.returncode, output, files[-1].parent if files else folder, written)


def run(folder: Path, file: str, options: Sequence[str]) -> Ended:
    """Run locust to its end."""
    with locust(folder, file, *options) as process:
        return ended(process, folder)


def run_until(
    count: int, stub: Stub, folder: Path, file: str, options: Sequence[str], by: signal.Signals = signal.SIGINT
) -> Ended:
    """Run locust without a time limit until so many workflows were started, then end it as a person does, by Ctrl-C.

    However busy the machine is, there is something to count then.
    """
    with locust(folder, file, *stub.addresses, *options, variables=stub.variables) as process:
        stop_after(count, stub, process, by)
        return ended(process, folder)


def stop_after(count: int, stub: Stub, process: subprocess.Popen[str], by: signal.Signals = signal.SIGINT) -> None:
    """Wait until so many workflows were started, then press Ctrl-C, or send another signal."""
    stub.wait_until_started(count)
    process.send_signal(by)


def wait_until_it_listens(port: int, process: subprocess.Popen[Any]) -> None:
    """Wait until something listens on a port of loopback. :raises AssertionError: the process has ended."""
    deadline = time.monotonic() + READY_TIMEOUT_SECONDS
    while time.monotonic() < deadline:
        assert process.poll() is None, "the process ended"
        with socket.socket() as probe:
            probe.settimeout(0.2)
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise AssertionError(f"nothing listened within {READY_TIMEOUT_SECONDS:g} s")


def _environment() -> dict[str, str]:
    """Ours, without what the person who runs the tests has set for load tests of their own."""
    own = ("ASSAY_LOAD_", "LOCUST", "TEMPORAL_", "TRAF3LI_")
    environment = {name: value for name, value in os.environ.items() if not name.startswith(own)}
    ours = {"PYTHONUNBUFFERED": "1", "ASSAY_LOAD_GENERATOR_LAG_SECONDS": LAG_BOUND}
    return {**environment, **ours, RUN_ID_VARIABLE: watched()}
