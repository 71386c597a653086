"""`assay schedules` refuses what cannot work, and says what to change."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from harness.cli.schedules.testing_shop import Shop, shop

MONTHLY = 'cron=["0 2 1 * *"], time_zone="Asia/Riyadh"'


@pytest.fixture
def books(
    tmp_path: Path, temporal_address: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Shop:
    return shop(tmp_path, temporal_address, capsys, monkeypatch)


@pytest.mark.parametrize(
    ("given", "told"),
    [
        (f'{MONTHLY}, workflow="Clsoe"', "the queue 'books' serves no workflow 'Clsoe'; it serves Close"),
        (f'{MONTHLY}, task_queue="boks"', "no queue of the application is called 'boks'.*there are books"),
        ('cron=["0 25 * * *"]', "its cron '0 25 .*its hour has '25', which is none of 0 to 23"),
        (f'{MONTHLY}, search_attributes={{"Status": 1}}', "app.search_attributes does not say what 'Status' is"),
        ("", "never starts anything: give it a cron, calendars, intervals"),
        ('cron="0 2 1 * *"', "its `cron` must be a tuple, not '0 2 1.*mind the comma"),
        (f"{MONTHLY}, overlap=1", "its `overlap` must be a ScheduleOverlapPolicy, not 1"),
        (f"{MONTHLY}, catchup_window=timedelta(seconds=1)", "the server's least is 10 s"),
        (f"{MONTHLY}, jitter=timedelta(seconds=-1)", "must not be negative"),
    ],
)
def test_what_cannot_work_is_refused_before_a_server_is_asked(books: Shop, given: str, told: str) -> None:
    books.offers(backup=MONTHLY, close=given)
    refused = books.says("apply", code=2)
    assert re.search(told, refused), refused
    assert "created" not in refused
    books.offers(backup=MONTHLY)
    assert "missing    backup" in books.says("show", code=1)


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ('cron=["0 2 1 * *"], time_zone="Asia/Ryadh"', "unknown time zone Asia/Ryadh; its `time_zone` must be an IANA"),
        ("calendars=[ScheduleCalendarSpec(hour=[ScheduleRange(25)])]", "Hour.*; mend its `calendars` and `skip`"),
        ("intervals=[ScheduleIntervalSpec(timedelta(0))]", "interval is too small; each of its `intervals`"),
        (f'{MONTHLY}, args=["x" * 3_000_000]', "make its `args` and `memo` smaller"),
    ],
)
def test_what_the_server_refuses_is_told_with_what_to_change(books: Shop, given: str, told: str) -> None:
    books.offers(close=given, backup=MONTHLY)
    refused = books.says("apply", code=2)
    assert re.search(f"close: the server refuses it: .*{told}", refused), refused
    assert "created           backup" in refused


def test_without_a_server_it_ends_with_3(books: Shop, free_ports: Callable[[int], list[int]]) -> None:
    books.offers(close=MONTHLY)
    (port,) = free_ports(1)
    for command in (["apply"], ["show"], ["calendar", "close"]):
        told = books.says(*command, "--address", f"127.0.0.1:{port}", code=3)
        assert f"cannot reach a Temporal server at 127.0.0.1:{port}" in told
        assert "--address HOST:PORT" in told


def test_a_namespace_that_is_not_there_is_a_mistake(books: Shop) -> None:
    books.offers(close=MONTHLY)
    assert "Namespace nowhere is not found.; name one" in books.says("show", "--namespace", "nowhere", code=2)


def test_an_application_without_schedules_has_none_to_differ(books: Shop) -> None:
    books.writes("")
    assert "offers no schedules" in books.says("show")
    assert "offers no schedules" in books.says("apply")
