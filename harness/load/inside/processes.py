"""The processes of a system at one instant: how much processor time each has used, and how much memory it holds.

Data flow: the tree below one process (the supervisor of `assay up`, or a run of the harness) → **processes** →
`reading`. Names are those of the logs, so that they are the same after a restart. Memory that several processes share
is counted once for each name: all of PostgreSQL's map the same cache.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import psutil

from harness.load.inside.usage import GENERATOR, name_of

_INCARNATION = re.compile(r"(worker-\d+)\.\d+")


@dataclass(frozen=True)
class ProcessReading:
    """One process. ``began`` (wall clock) and ``pid`` together are no other's."""

    name: str
    pid: int
    began: float
    cpu_seconds: float
    own_bytes: int
    shared_bytes: int


def read_processes(root: int | None, generator: int | None, *, without: int) -> tuple[ProcessReading, ...]:
    """The tree below ``root``, and that below ``generator`` under one name; neither holds ``without``."""
    generators = {process.pid for process in _tree(generator)}
    found = [(GENERATOR, process) for process in _tree(generator)]
    found += named(process for process in _tree(root) if process.pid not in generators)
    return tuple(reading for name, process in found if process.pid != without for reading in _read(name, process))


def named(processes: Iterable[psutil.Process]) -> Iterator[tuple[str, psutil.Process]]:
    """Each with its name; one that has ended since it was found, as those do that a fault kills, has none any more."""
    for process in processes:
        with contextlib.suppress(psutil.Error):
            yield _name(process), process


def stable(name: str) -> str:
    """The name of a worker's slot: ``worker-1.2`` is the second in it, and shows its metrics where the first did."""
    incarnation = _INCARNATION.fullmatch(name)
    return incarnation[1] if incarnation else name


def _name(process: psutil.Process) -> str:
    """As its log is called; without a log, and in Python, as its module is: all of them are called `python`."""
    name = name_of(process)
    with contextlib.suppress(psutil.Error, ValueError, IndexError):
        if name == process.name():
            words = process.cmdline()
            return words[words.index("-m") + 1].split(".")[-1]
    return stable(name)


def _tree(root: int | None) -> list[psutil.Process]:
    if root is None:
        return []
    with contextlib.suppress(psutil.Error):
        process = psutil.Process(root)
        return [process, *process.children(recursive=True)]
    return []


def _read(name: str, process: psutil.Process) -> Iterator[ProcessReading]:
    """One reading, or none of a process that has just ended."""
    with contextlib.suppress(psutil.Error), process.oneshot():
        times, memory = process.cpu_times(), process.memory_info()
        shared = min(memory.rss, getattr(memory, "shared", 0))
        used = times.user + times.system
        yield ProcessReading(name, process.pid, process.create_time(), used, memory.rss - shared, shared)
