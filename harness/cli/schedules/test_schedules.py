"""`assay schedules apply` and `show` on a real server: what is done, what differs, and what is refused."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from temporalio.client import (
    Client,
    Schedule,
    ScheduleActionStartWorkflow,
    ScheduleBackfill,
    ScheduleDescription,
    ScheduleOverlapPolicy,
    ScheduleSpec,
    ScheduleUpdate,
    ScheduleUpdateInput,
    WorkflowExecutionDescription,
)
from temporalio.common import SearchAttributeKey
from temporalio.service import RPCError

from harness.cli.schedules.testing_shop import Shop, shop
from harness.poll import eventually

NOMINAL = SearchAttributeKey.for_datetime("TemporalScheduledStartTime")
MONTHLY = 'cron=["0 2 1 * *"], time_zone="Asia/Riyadh"'


@pytest.fixture
def books(
    tmp_path: Path, temporal_address: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Shop:
    return shop(tmp_path, temporal_address, capsys, monkeypatch)


def by_hand(books: Shop, name: str, change: Callable[[ScheduleDescription], None]) -> None:
    """Change a schedule behind the application's back."""

    async def update() -> None:
        def changed(now: ScheduleUpdateInput) -> ScheduleUpdate:
            change(now.description)
            return ScheduleUpdate(now.description.schedule)

        client = await Client.connect(books.address)
        await client.get_schedule_handle(books.prefix + name).update(changed)

    asyncio.run(update())


def described(books: Shop, name: str) -> ScheduleDescription:
    async def describe() -> ScheduleDescription:
        return await (await Client.connect(books.address)).get_schedule_handle(books.prefix + name).describe()

    return asyncio.run(describe())


def test_a_second_time_nothing_is_done(books: Shop) -> None:
    full = (
        f'{MONTHLY}, args=["2027", {{"net": "1.00"}}], memo={{"by": "books"}}, '
        'search_attributes={"BusinessStatus": "open"}, overlap=ScheduleOverlapPolicy.BUFFER_ALL, '
        "catchup_window=timedelta(days=3), pause_on_failure=True"
    )
    of_others = (
        "calendars=[ScheduleCalendarSpec(month=[ScheduleRange(1, 12, 3)])], "
        "intervals=[ScheduleIntervalSpec(timedelta(days=30))], "
        "skip=[ScheduleCalendarSpec(day_of_month=[ScheduleRange(23)])], jitter=timedelta(minutes=1)"
    )
    books.offers(close=full, tidy=of_others)

    assert "missing    close" in books.says("show", code=1)
    assert "would be created  close" in books.says("apply", "--dry-run")
    assert "missing    close" in books.says("show", code=1)
    assert books.says("apply").split() == ["created", "close", "created", "tidy"]
    assert books.says("apply").split() == ["unchanged", "close", "unchanged", "tidy"]
    assert "No drift: the server has 2 schedules" in books.says("show")

    kept = described(books, "close").schedule
    assert kept.spec.time_zone_name == "Asia/Riyadh"
    assert kept.spec.jitter is None
    assert isinstance(kept.action, ScheduleActionStartWorkflow)
    assert (kept.action.workflow, kept.action.id) == ("Close", f"{books.prefix}close")


def test_what_is_started_has_all_that_the_application_says_and_its_nominal_time(books: Shop) -> None:
    nominal = datetime(2025, 1, 31, 23, tzinfo=UTC)

    async def started() -> WorkflowExecutionDescription:
        client = await Client.connect(books.address)
        asked = ScheduleBackfill(nominal - timedelta(seconds=1), nominal, ScheduleOverlapPolicy.ALLOW_ALL)
        await client.get_schedule_handle(f"{books.prefix}close").backfill(asked)
        handle = client.get_workflow_handle(f"{books.prefix}monthly-2025-01-31T23:00:00Z")

        async def there() -> WorkflowExecutionDescription:
            return await handle.describe()

        found = await eventually(there, timeout_seconds=20, what="the workflow is started", ignore=(RPCError,))
        await handle.terminate()
        return found

    books.offers(
        close=f'{MONTHLY}, workflow_id="{books.prefix}monthly", args=["2025"], memo={{"by": "books"}}, '
        'search_attributes={"BusinessStatus": "open"}'
    )
    books.says("apply")
    found = asyncio.run(started())
    assert (found.workflow_type, found.task_queue) == ("Close", "books")
    assert asyncio.run(found.memo()) == {"by": "books"}
    assert found.typed_search_attributes.get(SearchAttributeKey.for_keyword("BusinessStatus")) == "open"
    assert found.typed_search_attributes.get(NOMINAL) == nominal


def test_what_the_application_changes_is_changed(books: Shop) -> None:
    books.offers(close=MONTHLY)
    books.says("apply")
    books.offers(close='cron=["0 3 1 * *"], time_zone="Europe/Berlin", args=["all"]')

    told = "times: hour 2, day_of_month 1 → hour 3, day_of_month 1"
    planned = books.says("apply", "--dry-run")
    assert "would be changed  close" in planned
    assert told in planned
    assert "the application says hour 3, day_of_month 1, the server has hour 2" in books.says("show", code=1)
    done = books.says("apply")
    assert told in done
    assert "time_zone: Asia/Riyadh → Europe/Berlin" in done
    assert "args: none → ['all']" in done
    assert "No drift" in books.says("show")


@pytest.mark.parametrize("policy", ScheduleOverlapPolicy)
def test_each_overlap_policy_is_kept(books: Shop, policy: ScheduleOverlapPolicy) -> None:
    books.offers(close=f"{MONTHLY}, overlap=ScheduleOverlapPolicy.{policy.name}")
    books.says("apply")
    assert described(books, "close").schedule.policy.overlap is policy
    assert "No drift" in books.says("show")


def test_each_field_that_somebody_changed_is_named_and_set_back(books: Shop) -> None:
    def change(description: ScheduleDescription) -> None:
        schedule = description.schedule
        assert isinstance(schedule.action, ScheduleActionStartWorkflow)
        schedule.action.task_queue = "elsewhere"
        schedule.action.args = ["2028"]
        schedule.action.memo = {"by": "hand"}
        schedule.spec.time_zone_name = "UTC"
        schedule.spec.jitter = timedelta(minutes=5)
        schedule.policy.overlap = ScheduleOverlapPolicy.ALLOW_ALL

    books.offers(close=f'{MONTHLY}, args=["2027"], memo={{"by": "books"}}')
    books.says("apply")
    by_hand(books, "close", change)

    drift = books.says("show", code=1)
    for said, has in (
        ("task_queue: the application says books", "elsewhere"),
        ("args: the application says ['2027']", "['2028']"),
        ("memo: the application says {'by': 'books'}", "{'by': 'hand'}"),
        ("time_zone: the application says Asia/Riyadh", "UTC"),
        ("jitter: the application says 0:00:00", "0:05:00"),
        ("overlap: the application says SKIP", "ALLOW_ALL"),
    ):
        assert f"{said}, the server has {has}\n" in drift
    assert drift.count("the server has") == 6
    books.says("apply")
    assert "No drift" in books.says("show")


def test_a_pause_is_drift_and_stays_the_operators(books: Shop) -> None:
    def pause(description: ScheduleDescription) -> None:
        description.schedule.state.paused = True
        description.schedule.state.note = "audit"

    books.offers(close=MONTHLY)
    books.says("apply")
    by_hand(books, "close", pause)

    drift = books.says("show", code=1)
    assert "paused: the application says False, the server has True" in drift
    assert "note on the server: audit" in drift
    books.offers(close='cron=["0 3 1 * *"]')
    assert "paused on the server, and left so" in books.says("apply")
    assert described(books, "close").schedule.state.paused
    assert described(books, "close").schedule.state.note == "audit"


def test_only_what_this_application_applied_is_deleted_and_only_with_prune(books: Shop) -> None:
    books.offers(close=MONTHLY, backup=MONTHLY)
    books.says("apply")
    books.offers(close=MONTHLY)
    # The server's list is a moment behind.
    asyncio.run(listed(books, "backup"))

    assert "left over  backup: not offered any more" in books.says("show", code=1)
    assert "left              backup: not offered any more; --prune" in books.says("apply")
    assert "would be deleted  backup" in books.says("apply", "--prune", "--dry-run")
    described(books, "backup")
    assert "deleted           backup" in books.says("apply", "--prune")
    with pytest.raises(Exception, match=r"not found|already completed"):
        described(books, "backup")


async def listed(books: Shop, name: str) -> None:
    client = await Client.connect(books.address)

    async def there() -> bool:
        return books.prefix + name in [each.id async for each in await client.list_schedules()]

    await eventually(there, timeout_seconds=20, what="the schedule is in the list")


def test_a_schedule_of_somebody_else_is_left_alone(books: Shop) -> None:
    async def create() -> None:
        client = await Client.connect(books.address)
        action = ScheduleActionStartWorkflow("Other", id="other", task_queue="other")
        spec = ScheduleSpec(cron_expressions=["0 0 1 1 *"])
        await client.create_schedule(f"{books.prefix}close", Schedule(action, spec))

    asyncio.run(create())
    books.offers(close=MONTHLY, backup=MONTHLY)

    refused = books.says("apply", "--prune", code=2)
    assert "created           backup" in refused
    assert "close: it was not made by `assay schedules apply`, so it is left alone" in refused
    kept = described(books, "close").schedule.action
    assert isinstance(kept, ScheduleActionStartWorkflow)
    assert kept.workflow == "Other"
    assert "it was not made by" in books.says("show", code=1)
