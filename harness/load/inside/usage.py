"""Who used the processors while a rate was tried, and what that says of the limit.

Data flow: ``trial`` takes a ``Sample`` each second → **usage** between two of them → the table, and one sentence
about the limit. Not covered: what a process waits for. Where no processor is the limit, that is said.
"""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import psutil

GENERATOR = "generator"
BUSY_MACHINE, BUSY_PROCESS = 0.9, 0.9


@dataclass(frozen=True)
class Usage:
    """``machine`` is the share of all processors that was busy; ``cores`` says by whom: name → cores."""

    machine: float = 0.0
    cores: Mapping[str, float] = field(default_factory=dict)

    @property
    def busiest(self) -> list[tuple[str, float]]:
        """Names and cores, the most busy first."""
        return sorted(self.cores.items(), key=lambda item: (-item[1], item[0]))


@dataclass(frozen=True)
class Sample:
    """Processor seconds so far, at one instant of the wall clock."""

    at: float
    busy_seconds: float
    total_seconds: float
    by_name: Mapping[str, float]

    @staticmethod
    def now(named: Mapping[str, Sequence[psutil.Process]]) -> Sample:
        """Here and now, of the machine and of these processes."""
        machine = psutil.cpu_times()
        total = sum(machine)
        return Sample(time.time(), total - machine.idle - getattr(machine, "iowait", 0.0), total, _seconds_of(named))


def between(samples: Sequence[Sample], begin: float, end: float) -> Usage:
    """The usage from the first sample at or after ``begin`` to the last until ``end`` (wall clock)."""
    within = [sample for sample in samples if begin <= sample.at <= end]
    if len(within) < 2:
        return Usage()
    first, last = within[0], within[-1]
    seconds, total = last.at - first.at, last.total_seconds - first.total_seconds
    cores = {
        name: max(0.0, used - first.by_name.get(name, 0.0)) / seconds
        for name, used in last.by_name.items()
        if name in first.by_name
    }
    return Usage((last.busy_seconds - first.busy_seconds) / total if total > 0 else 0.0, cores)


def limit_of(usage: Usage) -> str:
    """Which resource was the limit at a rate that was not kept, as far as processors tell."""
    if not usage.cores:
        return "unknown: no process could be looked at"
    most = ", ".join(f"{name} {cores:.1f}" for name, cores in usage.busiest[:3])
    if usage.machine >= BUSY_MACHINE:
        return f"the processors of this machine, {usage.machine:.0%} busy; most of it: {most} (cores)"
    name, cores = usage.busiest[0]
    if cores >= BUSY_PROCESS:
        return f"{name}, with {cores:.1f} cores busy; a Python process uses little more than one"
    return (
        f"no processor (the machine {usage.machine:.0%} busy, at most {name} with {cores:.1f} cores): something waits; "
        "slots and pollers of the workers, the database and rate limits are where to look"
    )


def name_of(process: psutil.Process) -> str:
    """What a process of the stack is called: as its log is; otherwise as its program is."""
    with contextlib.suppress(OSError):
        log = Path(os.readlink(f"/proc/{process.pid}/fd/1"))
        if log.suffix == ".log":
            return log.stem
    return process.name()


def _seconds_of(named: Mapping[str, Sequence[psutil.Process]]) -> dict[str, float]:
    seconds: dict[str, float] = {}
    for name, processes in named.items():
        for process in processes:
            with contextlib.suppress(psutil.Error):
                times = process.cpu_times()
                seconds[name] = seconds.get(name, 0.0) + times.user + times.system
    return seconds
