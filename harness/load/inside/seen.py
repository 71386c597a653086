"""What was seen inside a system during a test: the numbers of the report, as a pure function of the readings.

Data flow: readings → **seen** → the table, the page, ``load.json``. What no reading tells is ``None``, and what
never answered is named with the reason.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from harness.load.inside.page import WAITS, Page
from harness.load.inside.parts import Part, parts_of
from harness.load.inside.reading import Reading
from harness.load.inside.steps import Step, backlog_steps, core_steps, most, spaced, transition_steps
from harness.load.inside.waits import Waited, grown, grown_buckets

NO_SOURCES = (
    "nothing was read: neither a page of metrics nor a process of the system is known here; "
    "name pages with --metrics worker-1=http://HOST:9201/metrics,history=http://HOST:9102/metrics"
)


@dataclass(frozen=True)
class Transitions:
    """State transitions: how many, and a second on average and in the fullest step."""

    count: float
    mean_per_second: float
    most_per_second: float | None


@dataclass(frozen=True)
class Backlog:
    """Tasks that waited in queues, at most and at the last reading, where that is known."""

    most: float
    last: float | None


@dataclass(frozen=True)
class Inside:
    """All of it. ``problem`` says why there is nothing, or less than there should be.

    :param waits: by what waited ("workflow task", "activity"), over all workers.
    :param parts: the system's servers, workers and other processes by name.
    :param cores: name → processors kept busy, over time.
    :param silent: pages that never answered, and why.
    """

    problem: str | None = None
    readings: int = 0
    watched_seconds: float = 0.0
    transitions: Transitions | None = None
    backlog: Backlog | None = None
    waits: Mapping[str, Waited] = field(default_factory=dict)
    parts: tuple[Part, ...] = ()
    transition_steps: tuple[Step, ...] = ()
    backlog_steps: tuple[Step, ...] = ()
    cores: Mapping[str, tuple[Step, ...]] = field(default_factory=dict)
    silent: Mapping[str, str] = field(default_factory=dict)

    def __bool__(self) -> bool:
        """Whether anything was seen."""
        return bool(self.parts)

    def to_json(self) -> dict[str, Any]:
        """For a file."""
        return {**asdict(self), "waits": {what: waited.to_json() for what, waited in self.waits.items()}}


def inside_of(readings: Sequence[Reading], began_seconds: float, problem: str | None = None) -> Inside:
    """What these readings, in their order, tell of a test that began then (CLOCK_MONOTONIC)."""
    readings = spaced(readings)
    if not readings:
        return Inside(problem=problem or "no reading was taken")
    seconds = readings[-1].at_seconds - readings[0].at_seconds
    parts = parts_of(readings)
    by_transition = tuple(transition_steps(readings, began_seconds))
    by_backlog = tuple(backlog_steps(readings, began_seconds))
    return Inside(
        problem=problem,
        readings=len(readings),
        watched_seconds=seconds,
        transitions=_transitions(readings, by_transition, seconds),
        backlog=_backlog(by_backlog),
        waits=_waits(readings),
        parts=parts,
        transition_steps=by_transition,
        backlog_steps=by_backlog,
        cores={
            part.name: tuple(core_steps(readings, began_seconds, part.name)) for part in parts if part.cores is not None
        },
        silent=_silent(readings),
    )


def _pages(readings: Sequence[Reading], name: str) -> list[Page]:
    return [reading.pages[name] for reading in readings if name in reading.pages]


def _names(readings: Sequence[Reading]) -> list[str]:
    return sorted({name for reading in readings for name in reading.pages})


def _transitions(readings: Sequence[Reading], steps: Sequence[Step], seconds: float) -> Transitions | None:
    if not steps or seconds <= 0:
        return None
    # Over gaps, too: a counter that was not seen for a while has gone on.
    count = sum(grown([page.transitions or 0.0 for page in _pages(readings, name)]) for name in _names(readings))
    return Transitions(count, count / seconds, most(steps))


def _backlog(steps: Sequence[Step]) -> Backlog | None:
    highest = most(steps)
    return None if highest is None else Backlog(highest, steps[-1].value)


def _waits(readings: Sequence[Reading]) -> dict[str, Waited]:
    found: dict[str, Waited] = {}
    for what in WAITS.values():
        buckets: dict[float, float] = {}
        for name in _names(readings):
            pages = [page.waits.get(what, {}) for page in _pages(readings, name)]
            for bound, count in grown_buckets(pages).items():
                buckets[bound] = buckets.get(bound, 0.0) + count
        if sum(buckets.values()) > 0:
            found[what] = Waited.of(buckets)
    return found


def _silent(readings: Sequence[Reading]) -> dict[str, str]:
    answered = set(_names(readings))
    missing = {name: why for reading in readings for name, why in reading.missing.items()}
    return {name: why for name, why in sorted(missing.items()) if name not in answered}
