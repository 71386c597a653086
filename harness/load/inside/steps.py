"""Numbers between one reading and the next: a step has a value, or none where what it is made of did not answer.

Data flow: readings → **steps** → ``seen``, the charts. A gap is never a zero, and never bridged.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from harness.load.inside.page import Page
from harness.load.inside.processes import ProcessReading
from harness.load.inside.reading import Reading
from harness.load.inside.waits import grown

SHORTEST_STEP_SECONDS = 1.0


@dataclass(frozen=True)
class Step:
    """From one reading to the next, in seconds since the load began. ``value`` is ``None`` in a gap."""

    begin_seconds: float
    end_seconds: float
    value: float | None


def spaced(readings: Sequence[Reading]) -> list[Reading]:
    """All but the last but one where the last, which comes when it is told, follows it at once."""
    if len(readings) > 2 and readings[-1].at_seconds - readings[-2].at_seconds < SHORTEST_STEP_SECONDS:
        return [*readings[:-2], readings[-1]]
    return list(readings)


def most(steps: Iterable[Step]) -> float | None:
    """The highest value that is known."""
    return max((step.value for step in steps if step.value is not None), default=None)


def transition_steps(readings: Sequence[Reading], began_seconds: float) -> list[Step]:
    """State transitions a second, of all pages that ever tell them; none at all where no page does."""
    names = _telling(readings, lambda page: page.transitions is not None)
    return [
        Step(
            before.at_seconds - began_seconds,
            after.at_seconds - began_seconds,
            _rate([_transitions(before, after, name) for name in names], after.at_seconds - before.at_seconds),
        )
        for before, after in itertools.pairwise(readings)
        if names
    ]


def backlog_steps(readings: Sequence[Reading], began_seconds: float) -> list[Step]:
    """The tasks that waited at each reading, until the next; ``begin_seconds`` is when they were counted."""
    names = _telling(readings, lambda page: page.backlog is not None)
    ends = [reading.at_seconds for reading in readings[1:]] + [reading.at_seconds for reading in readings[-1:]]
    return [
        Step(reading.at_seconds - began_seconds, end - began_seconds, _backlog(reading, names))
        for reading, end in zip(readings, ends, strict=True)
        if names
    ]


def core_steps(readings: Sequence[Reading], began_seconds: float, name: str) -> list[Step]:
    """The processors that the processes of this name kept busy; none where there was no such process."""
    return [
        Step(
            before.at_seconds - began_seconds,
            after.at_seconds - began_seconds,
            _rate([used_seconds(before, after, name)], after.at_seconds - before.at_seconds),
        )
        for before, after in itertools.pairwise(readings)
    ]


def used_seconds(before: Reading, after: Reading, name: str) -> float | None:
    """Processor seconds of those that are there now; one that was not there before began in between."""
    now = _of(after, name)
    if not now:
        return None
    then = {(process.pid, process.began): process.cpu_seconds for process in _of(before, name)}
    return sum(max(0.0, process.cpu_seconds - then.get((process.pid, process.began), 0.0)) for process in now)


def _of(reading: Reading, name: str) -> list[ProcessReading]:
    return [process for process in reading.processes if process.name == name]


def _telling(readings: Sequence[Reading], tells: Callable[[Page], bool]) -> list[str]:
    return sorted({name for reading in readings for name, page in reading.pages.items() if tells(page)})


def _transitions(before: Reading, after: Reading, name: str) -> float | None:
    """What a page that is there at both ends counted; before its first, a server has no number to show."""
    pages = [reading.pages[name] for reading in (before, after) if name in reading.pages]
    return grown([page.transitions or 0.0 for page in pages]) if len(pages) == 2 else None


def _backlog(reading: Reading, names: Sequence[str]) -> float | None:
    pages = [reading.pages[name] for name in names if name in reading.pages]
    known = [page.backlog for page in pages if page.backlog is not None]
    # One that answers without the number has not counted yet: that is a gap, too, unless others have.
    return sum(known) if len(pages) == len(names) and known else None


def _rate(counts: Sequence[float | None], seconds: float) -> float | None:
    known = [count for count in counts if count is not None]
    return sum(known) / seconds if len(known) == len(counts) and seconds > 0 else None
