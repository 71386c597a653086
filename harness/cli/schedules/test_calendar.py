"""`assay schedules calendar`: the instants that a server computes, across changed clocks, leap days and month ends."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from harness.cli.schedules.clocks import changes
from harness.cli.schedules.testing_shop import Shop, shop


@pytest.fixture
def books(
    tmp_path: Path, temporal_address: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Shop:
    return shop(tmp_path, temporal_address, capsys, monkeypatch)


def starts(books: Shop, since: str, until: str, given: str) -> list[str]:
    """The instants in UTC, and the lines between them about clocks; after they were applied."""
    books.offers(close=given)
    books.says("apply")
    told = books.says("calendar", f"{books.prefix}close", "--from", since, "--to", until).splitlines()
    assert told[-1].split()[0] == str(len([line for line in told if line.endswith(("Z", "two"))]))
    return [line.split("---")[1].strip() if "---" in line else re.split(r" {3,}", line)[1] for line in told[1:-1]]


def test_a_time_of_day_in_riyadh_is_three_hours_before_it_in_utc(books: Shop) -> None:
    found = starts(books, "2026-12-31", "2027-03-01T02:00", 'cron=["0 2 1 * *"], time_zone="Asia/Riyadh"')
    assert found == ["2026-12-31 23:00:00Z", "2027-01-31 23:00:00Z", "2027-02-28 23:00:00Z"]


def test_both_ends_are_included(books: Shop) -> None:
    daily = 'cron=["0 2 * * *"], time_zone="Asia/Riyadh"'
    assert starts(books, "2027-01-01T02:00", "2027-01-02T02:00", daily) == [
        "2026-12-31 23:00:00Z",
        "2027-01-01 23:00:00Z",
    ]
    told = books.says(
        "calendar", f"{books.prefix}close", "--from", "2027-01-01T02:00:01+03:00", "--to", "2027-01-02T01:59:59+03:00"
    )
    assert told.splitlines()[-1] == "0 starts"


def test_the_end_of_daylight_saving_is_marked_and_a_time_that_comes_twice_starts_once(books: Shop) -> None:
    daily = 'cron=["30 2 * * *"], time_zone="Europe/Berlin"'
    assert starts(books, "2026-10-24", "2026-10-27", daily) == [
        "2026-10-24 00:30:00Z",
        "daylight saving ends: Sun 2026-10-25 03:00:00 becomes 02:00:00 (+0200 to +0100)",
        "2026-10-25 01:30:00Z",
        "2026-10-26 01:30:00Z",
    ]
    told = books.says("calendar", f"{books.prefix}close", "--from", "2026-10-25", "--to", "2026-10-26")
    assert "Sun 2026-10-25 02:30:00 +0100   2026-10-25 01:30:00Z   the second of the two" in told


def test_a_time_that_the_beginning_of_daylight_saving_leaves_out_starts_nothing(books: Shop) -> None:
    daily = 'cron=["30 2 * * *"], time_zone="Europe/Berlin"'
    assert starts(books, "2027-03-27", "2027-03-30", daily) == [
        "2027-03-27 01:30:00Z",
        "daylight saving begins: Sun 2027-03-28 02:00:00 becomes 03:00:00 (+0100 to +0200)",
        "2027-03-29 00:30:00Z",
    ]


def test_an_interval_knows_no_clocks(books: Shop) -> None:
    hourly = 'intervals=[ScheduleIntervalSpec(timedelta(hours=1))], time_zone="Europe/Berlin"'
    assert starts(books, "2026-10-25T00:00+00:00", "2026-10-25T02:00+00:00", hourly) == [
        "2026-10-25 00:00:00Z",
        "daylight saving ends: Sun 2026-10-25 03:00:00 becomes 02:00:00 (+0200 to +0100)",
        "2026-10-25 01:00:00Z",
        "2026-10-25 02:00:00Z",
    ]


def test_a_leap_day_comes_every_four_years(books: Shop) -> None:
    found = starts(books, "2027-01-01", "2037-01-01", 'cron=["0 12 29 2 *"]')
    assert found == ["2028-02-29 12:00:00Z", "2032-02-29 12:00:00Z", "2036-02-29 12:00:00Z"]


def test_the_31st_is_left_out_where_a_month_has_none(books: Shop) -> None:
    found = starts(books, "2027-01-01", "2027-07-01", 'cron=["0 0 31 * *"]')
    assert found == ["2027-01-31 00:00:00Z", "2027-03-31 00:00:00Z", "2027-05-31 00:00:00Z"]


def test_more_than_one_answer_of_the_server_is_asked_for(books: Shop) -> None:
    found = starts(books, "2027-01-01", "2029-12-31", 'cron=["0 0 * * *"]')
    assert len(found) == 365 + 366 + 365
    assert found == sorted(set(found))


def test_what_is_skipped_is_left_out(books: Shop) -> None:
    given = (
        'cron=["0 0 * * *"], skip=[ScheduleCalendarSpec(month=[ScheduleRange(9)], day_of_month=[ScheduleRange(23)])]'
    )
    assert starts(books, "2027-09-22", "2027-09-24", given) == ["2027-09-22 00:00:00Z", "2027-09-24 00:00:00Z"]


def test_what_cannot_be_asked_is_told(books: Shop) -> None:
    books.offers(close='cron=["0 2 1 * *"]')
    name = f"{books.prefix}close"
    assert "the server does not have 'close' yet: assay schedules apply" in books.says("calendar", name, code=2)
    assert "no schedule 'gone'; the application offers close" in books.says("calendar", "gone", code=2)
    books.says("apply")
    assert "--from soon: write a day or an instant" in books.says("calendar", name, "--from", "soon", code=2)
    backwards = books.says("calendar", name, "--from", "2027-01-02", "--to", "2027-01-01", code=2)
    assert "--to 2027-01-01 00:00:00+00:00 is not later" in backwards
    assert "close, in UTC and in UTC" in books.says("calendar", name)


@pytest.mark.parametrize(
    ("zone", "found"),
    [
        ("Asia/Riyadh", []),
        ("Europe/Berlin", ["2026-03-29T01:00:00", "2026-10-25T01:00:00"]),
        ("America/New_York", ["2026-03-08T07:00:00", "2026-11-01T06:00:00"]),
        ("Australia/Lord_Howe", ["2026-04-04T15:00:00", "2026-10-03T15:30:00"]),
    ],
)
def test_each_change_of_the_clocks_of_a_year_is_found(zone: str, found: list[str]) -> None:
    year = changes(ZoneInfo(zone), datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC))
    assert [f"{each.instant:%Y-%m-%dT%H:%M:%S}" for each in year] == found
