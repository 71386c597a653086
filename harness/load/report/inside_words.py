"""What was seen inside a system, in words: for the terminal, and for the figures and the table of the page.

Data flow: ``seen`` → **words** → `harness.load.report.table`, `harness.load.report.report`.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

from harness.load.inside.parts import Part, Slots
from harness.load.inside.seen import Inside
from harness.load.inside.waits import Waited
from harness.load.measure.shown import NOTHING, duration
from harness.report.figures import Figure
from harness.report.untrusted import visible

BUSIEST_SHOWN = 3
WHY_CHARACTERS = 160
SLOTS = {"WorkflowWorker": "workflow", "ActivityWorker": "activity", "LocalActivityWorker": "local activity"}
ALWAYS = ("WorkflowWorker", "ActivityWorker")
POLLERS = {"workflow_task": "workflow", "sticky_workflow_task": "sticky", "activity_task": "activity"}


def inside_lines(inside: Inside) -> list[str]:
    """A few lines for the terminal."""
    lines = []
    if inside.transitions is not None:
        lines.append(f"{_transitions(inside)}; {_backlog(inside)}")
    if inside.waits:
        lines.append(f"schedule-to-start: {'; '.join(_waited(*each) for each in inside.waits.items())}")
    busy = [f"{part.name} {part.cores.mean:.2f}" for part in inside.parts if part.cores][:BUSIEST_SHOWN]
    if busy:
        lines.append(f"busiest: {', '.join(busy)} (cores)")
    lines += troubles_of(inside)
    return [f"{'inside' if not place else '':<9}{visible(line, limit=300)}" for place, line in enumerate(lines)]


def troubles_of(inside: Inside) -> list[str]:
    """What could not be seen, and why."""
    silent = [f"{name} never answered: {why[:WHY_CHARACTERS]}" for name, why in inside.silent.items()]
    return [*([inside.problem] if inside.problem else []), *silent]


def inside_figures(inside: Inside) -> tuple[Figure, ...]:
    """Transitions, backlog and waits; what is not known is a dash, with what would tell it."""
    return (_transition_figure(inside), _backlog_figure(inside), *(_wait_figure(inside, what) for what in _WAITS))


_WAITS = {"workflow task": "workflow tasks waited", "activity": "activities waited"}


def _transition_figure(inside: Inside) -> Figure:
    seen = inside.transitions
    if seen is None:
        return Figure(NOTHING, "state transitions", "no server's page of metrics tells them")
    most = "" if seen.most_per_second is None else f"; at most {seen.most_per_second:,.0f}/s"
    return Figure(f"{seen.mean_per_second:,.0f}/s", "state transitions", f"{seen.count:,.0f} in all{most}")


def _backlog_figure(inside: Inside) -> Figure:
    seen = inside.backlog
    if seen is None:
        return Figure(NOTHING, "backlog at most", "no server's page of metrics tells it")
    last = "not known" if seen.last is None else f"{seen.last:,.0f}"
    return Figure(f"{seen.most:,.0f}", "backlog at most", f"tasks that waited; at the end {last}", bool(seen.last))


def _wait_figure(inside: Inside, what: str) -> Figure:
    waited = inside.waits.get(what)
    if waited is None:
        return Figure(NOTHING, _WAITS[what], "no worker's metrics page shows any")
    note = f"p99 of schedule-to-start; p50 {bounded(waited, waited.p50_seconds)}, of {waited.count:,}"
    return Figure(bounded(waited, waited.p99_seconds), _WAITS[what], note)


def bounded(waited: Waited, seconds: float | None) -> str:
    """A percentile that is known by the bounds of buckets alone."""
    if seconds is None:
        return NOTHING
    return f"> {duration(waited.last_bound_seconds)}" if math.isinf(seconds) else f"≤ {duration(seconds)}"


def cores_of(part: Part) -> tuple[str, str]:
    """Processors on average and at most."""
    return (f"{part.cores.mean:.2f}", f"{part.cores.most:.2f}") if part.cores else (NOTHING, NOTHING)


def memory_of(part: Part) -> str:
    """Memory at most, in MiB."""
    return NOTHING if part.memory_most_bytes is None else f"{part.memory_most_bytes / 2**20:,.0f} MiB"


def slots_of(part: Part) -> str:
    """Slots in use at most, by what they are for: ``workflow 12 of 100, activity 3 of 100``."""
    used = [(SLOTS.get(kind, kind), slots) for kind, slots in part.slots.items() if slots.used_most or kind in ALWAYS]
    return ", ".join(f"{kind} {_slots(slots)}" for kind, slots in sorted(used, reverse=True)) or NOTHING


def pollers_of(part: Part) -> str:
    """Pollers at most, by what they ask for."""
    return ", ".join(f"{name} {count:,.0f}" for name, count in _named(part.pollers).items()) or NOTHING


def answers_of(part: Part) -> str:
    """In how many readings its page did not come."""
    read = part.answered + part.missed
    return f"{part.missed:,} of {read:,}" if read else NOTHING


def _named(pollers: Mapping[str, float]) -> dict[str, float]:
    return {POLLERS.get(kind, kind): count for kind, count in sorted(pollers.items(), reverse=True)}


def _slots(slots: Slots) -> str:
    of = "" if slots.of is None else f" of {slots.of:,.0f}"
    full = f", none free in {slots.full_readings:,} readings" if slots.full_readings else ""
    return f"{slots.used_most:,.0f}{of}{full}"


def _transitions(inside: Inside) -> str:
    seen = inside.transitions
    assert seen is not None
    most = "" if seen.most_per_second is None else f" (at most {seen.most_per_second:,.0f}/s)"
    return f"{seen.mean_per_second:,.0f} state transitions/s{most}"


def _backlog(inside: Inside) -> str:
    if inside.backlog is None:
        return "backlog not known"
    last = "not known" if inside.backlog.last is None else f"{inside.backlog.last:,.0f}"
    return f"backlog at most {inside.backlog.most:,.0f}, at the end {last}"


def _waited(what: str, waited: Waited) -> str:
    p50, p99 = (bounded(waited, seconds) for seconds in (waited.p50_seconds, waited.p99_seconds))
    return f"{what} p50 {p50}, p99 {p99}"
