"""A schedule as a value: which workflow an application wants started, when, and what may go wrong.

Data flow: ``app.schedules`` → **values with all defaults filled in** → `assay schedules`. Any object with these
attributes is one; `Schedule` is for applications that have no class of their own.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from temporalio.client import (
    ScheduleCalendarSpec,
    ScheduleIntervalSpec,
    ScheduleOverlapPolicy,
)

from harness.names import nearest_first
from harness.words import printable, shown

YEAR = timedelta(days=365)
LEAST_CATCHUP = timedelta(seconds=10)
"""Below it the server takes this one instead, and says nothing (Temporal's `service/worker/scheduler`)."""
TIMES = ("cron", "calendars", "intervals")


@dataclass(frozen=True)
class Schedule:
    """One schedule; its name in ``app.schedules`` is its id on the server.

    :param workflow: the type of the workflow, as ``@workflow.defn`` names it.
    :param task_queue: a queue of the application that serves it.
    :param workflow_id: the server adds the nominal time to it; by default the schedule's name.
    :param args: what the workflow is given.
    :param cron: expressions of five fields; a sixth is the year, and with seven the first is the second.
    :param calendars: times by calendar, as the SDK has them.
    :param intervals: times by interval since the epoch, as the SDK has them.
    :param skip: times of the others that are left out, such as holidays.
    :param time_zone: IANA name of the zone that ``cron``, ``calendars`` and ``skip`` are read in.
    :param overlap: what happens while the one before is still running.
    :param catchup_window: how late a missed start may still be made up for.
    :param jitter: each start is put off at random by up to this; none where money has a date.
    :param pause_on_failure: whether a workflow that fails pauses the schedule.
    :param memo: of each workflow.
    :param search_attributes: of each workflow; the application's own ``search_attributes`` names their types.
    """

    workflow: str
    task_queue: str
    workflow_id: str = ""
    args: Sequence[Any] = ()
    cron: Sequence[str] = ()
    calendars: Sequence[ScheduleCalendarSpec] = ()
    intervals: Sequence[ScheduleIntervalSpec] = ()
    skip: Sequence[ScheduleCalendarSpec] = ()
    time_zone: str = "UTC"
    overlap: ScheduleOverlapPolicy = ScheduleOverlapPolicy.SKIP
    catchup_window: timedelta = YEAR
    jitter: timedelta = timedelta(0)
    pause_on_failure: bool = False
    memo: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    search_attributes: Mapping[str, Any] = dataclasses.field(default_factory=dict)


WORDS = {field.name: field for field in dataclasses.fields(Schedule)}
TEXTS = ("workflow", "task_queue", "workflow_id", "time_zone")
SEVERAL = {
    "args": object,
    "cron": str,
    "calendars": ScheduleCalendarSpec,
    "intervals": ScheduleIntervalSpec,
    "skip": ScheduleCalendarSpec,
}
SINGLE = {
    "overlap": ScheduleOverlapPolicy,
    "catchup_window": timedelta,
    "jitter": timedelta,
    "pause_on_failure": bool,
    "memo": Mapping,
    "search_attributes": Mapping,
}


def schedules(value: Any) -> Mapping[str, Schedule]:
    """Name → schedule, read once and for all.

    :raises TypeError: one is not what it must be; the message says what to offer instead.
    """
    if not isinstance(value, Mapping):
        raise TypeError(f"must be a mapping of names to schedules, not {shown(value)}")
    read: dict[str, Schedule] = {}
    for name, each in value.items():
        if not isinstance(name, str) or not name or name != printable(name).strip():
            raise TypeError(f"the name of a schedule must be a text of at least one character, not {shown(name)}")
        read[name] = _schedule(name, each)
    return read


def _schedule(name: str, value: Any) -> Schedule:
    what = f"the schedule {name!r}"
    if isinstance(value, Mapping):
        raise TypeError(f"{what}: make it an assay.Schedule(workflow=…, task_queue=…, cron=…), not a mapping")
    for word in ("workflow", "task_queue"):
        if not hasattr(value, word):
            raise TypeError(f"{what} has no `{word}`: make it an assay.Schedule, not {shown(value)}")
    if dataclasses.is_dataclass(value):
        for field in dataclasses.fields(value):
            if field.name not in WORDS:
                raise TypeError(
                    f"{what} has a `{field.name}`, which nothing here reads; there are {_known(field.name)}"
                )
    given = {word: getattr(value, word) for word in WORDS if hasattr(value, word)}
    for word, each in given.items():
        given[word] = _part(f"{what}: its `{word}`", word, each)
    schedule = Schedule(**{"workflow_id": name, **{word: each for word, each in given.items() if each != ""}})
    if not any(getattr(schedule, word) for word in TIMES):
        raise TypeError(f"{what} never starts anything: give it a {', '.join(TIMES)}")
    if schedule.catchup_window < LEAST_CATCHUP:
        raise TypeError(f"{what}: its `catchup_window` is {schedule.catchup_window}; the server's least is 10 s")
    if schedule.jitter < timedelta(0):
        raise TypeError(f"{what}: its `jitter` is {schedule.jitter}, and must not be negative")
    return schedule


def _known(word: str) -> str:
    return nearest_first(word, WORDS)


def _part(what: str, word: str, value: Any) -> Any:
    if word in TEXTS:
        if not isinstance(value, str) or (not value and word != "workflow_id"):
            raise TypeError(f"{what} must be a text of at least one character, not {shown(value)}")
        return value
    if word in SINGLE:
        if not isinstance(value, SINGLE[word]):
            raise TypeError(f"{what} must be a {SINGLE[word].__name__}, not {shown(value)}")
        return value
    kind = SEVERAL[word]
    if isinstance(value, str) or not isinstance(value, Sequence):
        raise TypeError(f"{what} must be a tuple, not {shown(value)}; mind the comma")
    for each in value:
        if not isinstance(each, kind):
            raise TypeError(f"{what} holds {shown(each)}, and must hold {kind.__name__}")
    return tuple(value)
