"""Every fault of workers and of single processes says what it struck, since when and until when: with fakes."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import pytest

import chaos
from chaos.fault import Fault
from chaos.processes.testing_processes import small_site
from harness.experiment.site import Site
from harness.record.record import Attempt
from harness.stack.processes.signals import TreeSignals

SLOTS = (1, 2)


def _sleeper() -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-c", "import signal; signal.pause()"])


class FakeFleet:
    """Two slots with a real process each, so that it can be seen to stand still; a new worker has the next name."""

    def __init__(self) -> None:
        self.slots = SLOTS
        self._incarnations = dict.fromkeys(SLOTS, 0)
        self._processes: dict[int, subprocess.Popen[bytes]] = {}
        self._locks = {slot: asyncio.Lock() for slot in SLOTS}

    def lock(self, slot: int) -> asyncio.Lock:
        return self._locks[slot]

    def worker_name(self, slot: int) -> str:
        return f"worker-{slot}.{self._incarnations[slot]}"

    def pid(self, slot: int) -> int:
        return self._processes[slot].pid

    def alive(self, slot: int) -> bool:
        return slot in self._processes

    async def start(self, slot: int) -> None:
        if slot not in self._processes:
            self._incarnations[slot] += 1
            self._processes[slot] = _sleeper()

    async def kill(self, slot: int) -> int:
        process = self._processes.pop(slot)
        process.kill()
        process.wait()
        return process.pid

    async def drain(self, slot: int) -> None:
        await self.kill(slot)

    def pause(self, slot: int) -> None:
        os.kill(self.pid(slot), signal.SIGSTOP)

    def resume(self, slot: int) -> None:
        os.kill(self.pid(slot), signal.SIGCONT)

    def stands_still(self, slot: int) -> bool:
        return TreeSignals(self.pid(slot)).stands_still()

    def end(self) -> None:
        for process in self._processes.values():
            process.kill()
            process.wait()


class FakeSite:
    """What a fault of workers touches of a site; every worker is busy."""

    def __init__(self, fleet: FakeFleet) -> None:
        self.fleet = fleet

    def attempts(self, worker: str) -> tuple[Attempt, ...]:
        return (Attempt(worker, 1, "send", "invoice-A", "r", "1", 1, 0.0),)


@pytest.fixture
def fleet() -> Iterator[FakeFleet]:
    fleet = FakeFleet()
    yield fleet
    fleet.end()


@pytest.mark.parametrize(
    ("kind", "parameters", "workers"),
    [
        ("worker-kill", {"slot": 2, "down_seconds": 0.0}, ["worker-2.1"]),
        ("worker-drain", {"slot": 2}, ["worker-2.1"]),
        ("worker-pause", {"slot": 1, "paused_seconds": 0.0}, ["worker-1.1"]),
        ("worker-kill-all", {"down_seconds": 0.0}, ["worker-1.1", "worker-2.1"]),
    ],
)
async def test_a_fault_of_workers_names_each_and_no_replacement(
    fleet: FakeFleet, kind: str, parameters: dict[str, Any], workers: list[str]
) -> None:
    for slot in SLOTS:
        await fleet.start(slot)
    fault, began = chaos.make_fault(kind, parameters), time.monotonic()
    site = cast(Site, FakeSite(fleet))
    assert [*fault.struck] == []
    await fault.inject(site, None)
    open_still = fault.struck
    assert [(strike.kind, strike.name, strike.until_seconds) for strike in open_still] == [
        ("worker", worker, None) for worker in workers
    ]
    for _ in range(2):
        await fault.heal(site)
    closed = fault.struck
    await fault.heal(site)
    assert fault.struck == closed
    for before, after in zip(open_still, closed, strict=True):
        assert after.since_seconds == before.since_seconds
        assert after.until_seconds is not None
        assert began <= after.since_seconds <= after.until_seconds <= time.monotonic()


@pytest.mark.parametrize(
    "fault",
    [
        chaos.make_fault("process-kill", {"process": "api", "down_seconds": 0.0}),
        chaos.make_fault("process-pause", {"process": "api", "paused_seconds": 0.0}),
        chaos.make_fault("process-restart", {"process": "api", "down_seconds": 0.0}),
    ],
)
async def test_a_fault_of_a_process_says_whose_it_is(tmp_path: Path, fault: Fault) -> None:
    async with small_site(tmp_path, name="api", side="application") as site:
        assert [*fault.struck] == []
        await fault.inject(site, None)
        (strike,) = fault.struck
        assert (strike.kind, strike.name, strike.until_seconds, strike.ends) == (
            "process",
            "api",
            None,
            ("application",),
        )
        await fault.heal(site)
        (healed,) = fault.struck
        assert healed.until_seconds is not None
        assert strike.since_seconds == healed.since_seconds <= healed.until_seconds
