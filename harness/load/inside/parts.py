"""The parts of a system by name: what each used of processors and memory, and of its slots and pollers.

Data flow: readings → **parts** → ``seen`` → the table of the page. A worker's metrics and its process have one
name, so they are one part.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from harness.load.inside.page import Page
from harness.load.inside.reading import Reading
from harness.load.inside.steps import core_steps, most, used_seconds


@dataclass(frozen=True)
class Cores:
    """Processors kept busy on average over the whole, and in the fullest step."""

    mean: float
    most: float


@dataclass(frozen=True)
class Slots:
    """How many of one worker type's slots were in use at most; ``of`` is ``None`` where the number has no limit."""

    used_most: float
    of: float | None
    full_readings: int


@dataclass(frozen=True)
class Part:
    """One server, worker or other process. ``answered`` and ``missed`` are readings in which its page came, or not."""

    name: str
    cores: Cores | None = None
    memory_most_bytes: int | None = None
    slots: Mapping[str, Slots] = field(default_factory=dict)
    pollers: Mapping[str, float] = field(default_factory=dict)
    answered: int = 0
    missed: int = 0


def parts_of(readings: Sequence[Reading]) -> tuple[Part, ...]:
    """The parts, the busiest first."""
    names = {process.name for reading in readings for process in reading.processes}
    names |= {name for reading in readings for name in (*reading.pages, *reading.missing)}
    parts = [_part(readings, name) for name in names]
    return tuple(sorted(parts, key=lambda part: (-(part.cores.mean if part.cores else 0.0), part.name)))


def _part(readings: Sequence[Reading], name: str) -> Part:
    pages = [reading.pages[name] for reading in readings if name in reading.pages]
    return Part(
        name=name,
        cores=_cores(readings, name),
        memory_most_bytes=_memory(readings, name),
        slots={kind: _slots(pages, kind) for kind in _kinds(pages, lambda page: page.used)},
        pollers={kind: max(page.pollers.get(kind, 0.0) for page in pages) for kind in _kinds(pages, _pollers)},
        answered=len(pages),
        missed=sum(name in reading.missing for reading in readings),
    )


def _cores(readings: Sequence[Reading], name: str) -> Cores | None:
    fullest = most(core_steps(readings, 0.0, name))
    if fullest is None:
        return None
    used = [used_seconds(before, after, name) for before, after in itertools.pairwise(readings)]
    seconds = readings[-1].at_seconds - readings[0].at_seconds
    return Cores(sum(each for each in used if each is not None) / seconds, fullest)


def _memory(readings: Sequence[Reading], name: str) -> int | None:
    """Its own of each process, and once what they share."""
    held = [[process for process in reading.processes if process.name == name] for reading in readings]
    sums = [sum(each.own_bytes for each in now) + max(each.shared_bytes for each in now) for now in held if now]
    return max(sums, default=None)


def _slots(pages: Sequence[Page], kind: str) -> Slots:
    known = [page for page in pages if kind in page.used]
    sizes = [page.used[kind] + page.available[kind] for page in known if kind in page.available]
    return Slots(
        used_most=max(page.used[kind] for page in known),
        of=max(sizes, default=None),
        full_readings=sum(page.available.get(kind) == 0 for page in known),
    )


def _pollers(page: Page) -> Mapping[str, float]:
    return page.pollers


def _kinds(pages: Iterable[Page], of: Callable[[Page], Mapping[str, float]]) -> list[str]:
    return sorted({kind for page in pages for kind in of(page)})
