"""Cron expressions as Temporal's server reads them: each becomes one calendar (its `service/worker/scheduler`).

The server keeps no expression, only what it became. To see whether it still has what the application says, the
application's has to become the same here. `test_cron.py` holds this against a server.
"""

from __future__ import annotations

from temporalio.client import ScheduleCalendarSpec, ScheduleRange

MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
DAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
NAMED = {
    "@yearly": "0 0 1 1 *",
    "@annually": "0 0 1 1 *",
    "@monthly": "0 0 1 * *",
    "@weekly": "0 0 * * 0",
    "@daily": "0 0 * * *",
    "@midnight": "0 0 * * *",
    "@hourly": "0 * * * *",
}
FIELDS = ("second", "minute", "hour", "day_of_month", "month", "day_of_week", "year")
LIMITS = {"second": (0, 59), "minute": (0, 59), "hour": (0, 23), "day_of_month": (1, 31), "month": (1, 12)}
DAY_OF_WEEK, YEAR = (0, 7), (2000, 2100)
"""7 is Sunday, too; the years are those that the server knows."""
NAMES = {
    "month": {name: n for n, name in enumerate(MONTHS, 1)},
    "day_of_week": {name: n for n, name in enumerate(DAYS)},
}


def calendar_of(expression: str) -> ScheduleCalendarSpec:
    """The calendar that the server makes of an expression.

    :raises ValueError: it is none that can be read; the message says which part, and what to write instead.
    """
    text, _, comment = expression.partition("#")
    if text.lower().startswith(("cron_tz=", "tz=")):
        raise ValueError("its zone stands in the expression; say time_zone= instead")
    if text.startswith("@every"):
        raise ValueError("it is an interval; say intervals=[ScheduleIntervalSpec(every=…)] instead")
    words = NAMED.get(text.strip().lower(), text).split()
    if not 5 <= len(words) <= 7:
        raise ValueError(f"it has {len(words)} fields; write minute, hour, day of the month, month and day of the week")
    if len(words) < 7:
        words.insert(0, "0")
    ranges = {name: _ranges(name, word) for name, word in zip(FIELDS, [*words, "*"][: len(FIELDS)], strict=True)}
    return ScheduleCalendarSpec(**ranges, comment=comment.strip() or None)


def _ranges(field: str, text: str) -> tuple[ScheduleRange, ...]:
    if field == "year" and text == "*":
        return ()
    low, high = {**LIMITS, "day_of_week": DAY_OF_WEEK, "year": YEAR}[field]
    found = []
    for part in text.split(","):
        values, slash, step = part.partition("/")
        if values == "*":
            first, last = low, high
        else:
            begin, dash, end = values.partition("-")
            first = _number(field, begin, low, high)
            last = _number(field, end, low, high) if dash else high if slash else first
        every = int(step) if step.isdecimal() else 0 if slash else 1
        if last < first or every < 1:
            raise ValueError(f"its {field} is {text!r}, which is no list of N, N-N, */N or N-N/N")
        found.append(ScheduleRange(first, last, every))
    return tuple(found)


def _number(field: str, text: str, low: int, high: int) -> int:
    number = NAMES.get(field, {}).get(text.lower()[:3] if text.isalpha() else "", int(text) if text.isdecimal() else -1)
    if not low <= number <= high:
        raise ValueError(f"its {field} has {text!r}, which is none of {low} to {high}")
    return number
