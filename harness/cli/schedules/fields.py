"""Two schedules field by field: what the application says, and what the server has.

Data flow: a value of ``app.schedules``, or a description by the server → **field → a value that can be compared** →
the fields that differ. Both sides go through the application's data converter, so that what is compared is what a
workflow would be given. Calendars are compared by the times that they name, however those are written.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from temporalio.api.common.v1 import Payload
from temporalio.client import (
    Schedule,
    ScheduleActionStartWorkflow,
    ScheduleCalendarSpec,
    ScheduleIntervalSpec,
    ScheduleRange,
)
from temporalio.converter import DataConverter

from harness.cli.schedules.cron import calendar_of
from harness.words import shown

Fields = Mapping[str, Any]
PAUSED, STARTS_LEFT = "paused", "starts left"
BY_HAND = (PAUSED, STARTS_LEFT)
"""What an operator sets on the server and no application says; to say otherwise is the operator's."""
WEEK = 7
EVERY = {
    "second": frozenset(range(60)),
    "minute": frozenset(range(60)),
    "hour": frozenset(range(24)),
    "day_of_month": frozenset(range(1, 32)),
    "month": frozenset(range(1, 13)),
    "day_of_week": frozenset(range(WEEK)),
}
USUAL = {**EVERY, **dict.fromkeys(("second", "minute", "hour"), frozenset({0})), "year": frozenset[int]()}
"""What a field is where nothing is said of it."""


@dataclass(frozen=True)
class Difference:
    """One field that the server has otherwise: what the application says, and what the server has."""

    field: str
    said: str
    has: str


def differences(said: Fields, has: Fields) -> Sequence[Difference]:
    """The fields that are not the same, in the order of the application's."""
    return [
        Difference(field, _shown(value), _shown(has.get(field)))
        for field, value in said.items()
        if value != has.get(field)
    ]


async def fields_of(schedule: Schedule, converter: DataConverter) -> Fields:
    """What a schedule is, by field, whichever side made it."""
    action, spec, policy = schedule.action, schedule.spec, schedule.policy
    if not isinstance(action, ScheduleActionStartWorkflow):
        return {"workflow": f"none, but {type(action).__name__}"}
    calendars = [*spec.calendars, *map(calendar_of, spec.cron_expressions)]
    return {
        "workflow": action.workflow,
        "task_queue": action.task_queue,
        "workflow_id": action.id,
        "args": await _plain(action.args, converter),
        "times": _calendars(calendars),
        "intervals": _intervals(spec.intervals),
        "skip": _calendars(spec.skip),
        "start_at": spec.start_at,
        "end_at": spec.end_at,
        "time_zone": spec.time_zone_name or "UTC",
        "overlap": policy.overlap.name,
        "catchup_window": policy.catchup_window,
        "jitter": spec.jitter or timedelta(0),
        "pause_on_failure": policy.pause_on_failure,
        "memo": dict(zip(action.memo or {}, await _plain([*(action.memo or {}).values()], converter), strict=True)),
        "search_attributes": {pair.key.name: pair.value for pair in action.typed_search_attributes},
        "execution_timeout": action.execution_timeout,
        "run_timeout": action.run_timeout,
        "task_timeout": action.task_timeout,
        "retry_policy": action.retry_policy,
        "priority": action.priority,
        "summary": await _plain([each for each in (action.static_summary, action.static_details) if each], converter),
        PAUSED: schedule.state.paused,
        STARTS_LEFT: schedule.state.remaining_actions if schedule.state.limited_actions else None,
    }


async def _plain(values: Sequence[Any], converter: DataConverter) -> list[Any]:
    """The values as a workflow without type hints would get them."""
    encoded = [each if isinstance(each, Payload) else (await converter.encode([each]))[0] for each in values]
    return [(await converter.decode([each]))[0] for each in encoded]


def _calendars(calendars: Iterable[ScheduleCalendarSpec]) -> frozenset[tuple[Any, ...]]:
    return frozenset(
        (*(_numbers(name, getattr(calendar, name)) for name in USUAL), calendar.comment or "") for calendar in calendars
    )


def _numbers(field: str, ranges: Sequence[ScheduleRange]) -> frozenset[int]:
    numbers = {n for each in ranges for n in range(each.start, each.end + 1, each.step)}
    return frozenset(n % WEEK for n in numbers) if field == "day_of_week" else frozenset(numbers)


def _intervals(intervals: Iterable[ScheduleIntervalSpec]) -> frozenset[tuple[timedelta, timedelta]]:
    return frozenset((each.every, each.offset or timedelta(0)) for each in intervals)


def _shown(value: Any) -> str:
    if not isinstance(value, frozenset):
        return "none" if value in (None, [], {}) else str(value) if isinstance(value, timedelta | str) else shown(value)
    return (
        "; ".join(sorted(_calendar_shown(each) if len(each) > 2 else _interval_shown(*each) for each in value))
        or "none"
    )


def _interval_shown(every: timedelta, offset: timedelta) -> str:
    return f"every {every}" + (f", {offset} later" if offset else "")


def _calendar_shown(calendar: tuple[Any, ...]) -> str:
    """Such as "hour 2, day_of_month 1"; what is as usual is left out."""
    *parts, comment = calendar
    told = [
        f"{name} {'*' if numbers == EVERY.get(name) else _brief(numbers)}"
        for (name, usual), numbers in zip(USUAL.items(), parts, strict=True)
        if numbers != usual
    ]
    return (", ".join(told) or "each day at 0:00") + (f" ({comment})" if comment else "")


def _brief(numbers: frozenset[int]) -> str:
    ordered = sorted(numbers)
    if len(ordered) > 2 and ordered == list(range(ordered[0], ordered[-1] + 1)):
        return f"{ordered[0]}-{ordered[-1]}"
    return ",".join(map(str, ordered)) or "never"
