"""The fleet: the worker processes of a run, by slot. A slot is a place; the worker in it may die and be replaced.

Worker names are ``worker-SLOT.INCARNATION`` ("worker-2.3" is the third process in slot 2), so the attempt log tells
which process an attempt died with.
"""

from __future__ import annotations

import asyncio
import signal
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from harness.errors import EnvironmentMissing, HarnessDefect
from harness.poll import eventually
from harness.record.journal import Journal, read_journal
from harness.stack.processes.process import ManagedProcess, Processes, last_lines

DRAIN_GRACE_SECONDS = 15.0


@dataclass(frozen=True)
class WorkerLaunch:
    """How to start a worker of one version of the application.

    ``folder`` is the working directory and decides which copy of the application is imported; ``environment`` holds
    the settings; ``journal_folder`` is where each worker's attempt log goes; ``metrics_ports`` are the loopback ports
    of the SDK's metrics, by slot: whoever is in the slot shows them there.
    """

    app: str
    folder: Path
    environment: Mapping[str, str]
    journal_folder: Path
    metrics_ports: Mapping[int, int] = field(default_factory=dict)


class Fleet:
    """Starts, kills, pauses, resumes, drains and replaces the workers of one run."""

    def __init__(self, size: int, launch: WorkerLaunch, processes: Processes, journal: Journal) -> None:
        self.slots = tuple(range(1, size + 1))
        self._launch = launch
        self._processes = processes
        self._journal = journal
        self._workers: dict[int, ManagedProcess] = {}
        self._incarnations = dict.fromkeys(self.slots, 0)
        self._resumed_seconds: dict[int, float] = {}
        # One fault at a time may hold a slot: a kill that waits for a paused worker to come back is a kill that lands.
        self._locks = {slot: asyncio.Lock() for slot in self.slots}

    def lock(self, slot: int) -> asyncio.Lock:
        """The lock a fault holds from injecting to healing, so that two faults never share a slot."""
        return self._locks[slot]

    def worker_name(self, slot: int) -> str:
        """The name of the worker now in the slot, living or dead."""
        return f"worker-{slot}.{self._incarnations[slot]}"

    def slot_of(self, worker: str) -> int:
        """The slot of a worker's name."""
        return int(worker.removeprefix("worker-").split(".")[0])

    def pid(self, slot: int) -> int:
        """The process id of the worker in the slot."""
        return self._workers[slot].pid

    def alive(self, slot: int) -> bool:
        """Whether the worker in the slot has not ended."""
        return slot in self._workers and self._workers[slot].alive

    async def start_all(self) -> None:
        """Start a worker in every slot and wait until all serve."""
        await asyncio.gather(*(self.start(slot) for slot in self.slots))

    async def start(self, slot: int, *, timeout_seconds: float = 60.0) -> None:
        """Start a worker in an empty slot and wait until it serves; a living worker is left alone.

        :raises EnvironmentMissing: the worker ended or did not serve in time; the end of its log is in the message.
        """
        if self.alive(slot):
            return
        self._incarnations[slot] += 1
        name = self.worker_name(slot)
        attempt_log = self._launch.journal_folder / f"{name}.jsonl"
        command = [sys.executable, "-m", "harness.experiment.worker", "--app", self._launch.app, "--name", name]
        command += ["--journal", str(attempt_log)]
        if slot in self._launch.metrics_ports:
            command += ["--metrics", f"127.0.0.1:{self._launch.metrics_ports[slot]}"]
        worker = await self._processes.start(
            name, command, environment=self._launch.environment, folder=self._launch.folder
        )
        self._workers[slot] = worker

        def ready() -> bool:
            if not worker.alive:
                raise EnvironmentMissing(f"{name} ended before it served:\n{last_lines(worker.log)}")
            return attempt_log.is_file() and any(r["kind"] == "worker-ready" for r in read_journal(attempt_log))

        await eventually(ready, what=f"{name} to serve (log: {worker.log})", timeout_seconds=timeout_seconds)
        self._require_version(attempt_log)

    def _require_version(self, attempt_log: Path) -> None:
        """A worker that runs other code than the version it was started in would make every verdict a lie."""
        (source,) = {record["source"] for record in read_journal(attempt_log) if record["kind"] == "worker-ready"}
        if not Path(source).resolve().is_relative_to(self._launch.folder.resolve()):
            raise HarnessDefect(
                f"{attempt_log.stem} runs the code in {source}, not the version in {self._launch.folder}"
            )

    async def kill(self, slot: int) -> int:
        """SIGKILL the worker in the slot; returns its process id once the process is gone."""
        worker = self._workers[slot]
        await self._processes.kill(worker)
        return worker.pid

    def pause(self, slot: int) -> None:
        """SIGSTOP the worker: it holds what it holds, and answers nothing."""
        self._workers[slot].signals.send(signal.SIGSTOP)

    def resume(self, slot: int) -> None:
        """SIGCONT the worker. Idempotent."""
        self._workers[slot].signals.send(signal.SIGCONT)
        self._resumed_seconds[slot] = time.monotonic()

    def stands_still(self, slot: int) -> bool:
        """Whether the worker in the slot is there and does not run."""
        return self._workers[slot].signals.stands_still()

    def resumed_seconds(self, slot: int) -> float | None:
        """When the slot's worker was last resumed (CLOCK_MONOTONIC), ``None``: never."""
        return self._resumed_seconds.get(slot)

    async def drain(self, slot: int) -> None:
        """SIGTERM: the worker finishes what it runs and ends; killed when it takes longer than the grace."""
        await self._processes.stop(self._workers[slot], grace_seconds=DRAIN_GRACE_SECONDS)
