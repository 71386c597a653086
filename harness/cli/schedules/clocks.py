"""Where the clocks of a time zone are changed, found by asking the zone for its offset."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

STEP = timedelta(hours=12)
"""No zone changes its clocks twice within it."""
SECOND = timedelta(seconds=1)


@dataclass(frozen=True)
class Change:
    """The clocks are changed: at this instant (UTC), by so much, with daylight saving before and after it or not."""

    instant: datetime
    by: timedelta
    ends_daylight_saving: bool
    begins_daylight_saving: bool


def changes(zone: ZoneInfo, since: datetime, until: datetime) -> Iterator[Change]:
    """Every change of the clocks after ``since``, up to ``until``; both in UTC."""
    before = since
    while before < until:
        after = min(before + STEP, until)
        if _offset(zone, before) != _offset(zone, after):
            yield _change(zone, before, after)
        before = after


def _change(zone: ZoneInfo, before: datetime, after: datetime) -> Change:
    first, last = before.replace(microsecond=0), after
    while last - first > SECOND:
        middle = first + (last - first) // 2
        middle = middle.replace(microsecond=0) if middle.replace(microsecond=0) > first else first + SECOND
        if _offset(zone, middle) == _offset(zone, first):
            first = middle
        else:
            last = middle
    saving = [bool(each.astimezone(zone).dst()) for each in (first, last)]
    by = _offset(zone, last) - _offset(zone, first)
    return Change(last, by, saving == [True, False], saving == [False, True])


def _offset(zone: ZoneInfo, instant: datetime) -> timedelta:
    return instant.astimezone(UTC).astimezone(zone).utcoffset() or timedelta(0)
