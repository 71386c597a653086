"""``ReportProduction`` on a real server, its outside in memory: when it begins, what it does, where it goes on."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from temporalio.worker import Replayer

from workflows.app import app
from workflows.invoices.testing_outside import Away
from workflows.kit.testing_waits import forward
from workflows.reports.testing_outside import entry, settlement
from workflows.reports.testing_workers import Running, shows, working
from workflows.reports.workflow import SETTLING, ReportProduction


async def test_a_report_of_the_past_is_made_at_once_and_mailed_once_to_each(running: Running) -> None:
    await running.outside.open([entry(1), entry(1, "payment")], [settlement(1)])
    report = await running.outside.asked(recipients=3)
    async with working(running):
        handle = await running.start(report)
        archived = await handle.result()
        await shows(handle, "sent")
    assert archived.line_count == 1
    assert sorted((mail.recipient, mail.message_key) for mail in running.outside.mails) == [
        (recipient, f"report/R-1.mail-{number}") for number, recipient in enumerate(report.recipients, start=1)
    ]
    known = await running.outside.shelf.archived("R-1")
    assert known is not None
    assert known[0] == archived
    await Replayer(workflows=[ReportProduction], data_converter=app.data_converter).replay_workflow(
        await handle.fetch_history()
    )


@pytest.mark.time
async def test_a_report_of_the_future_waits_until_its_instant_has_settled(running: Running) -> None:
    as_of = datetime.now(UTC) + timedelta(days=30)
    report = await running.outside.asked(as_of=as_of)
    async with working(running):
        handle = await running.start(report)
        await shows(handle, "waiting")
        assert running.outside.mails == []
        await forward(running.client, handle)
        await handle.result()
    history = await handle.fetch_history()
    [fired] = [event for event in history.events if event.HasField("timer_fired_event_attributes")]
    assert fired.event_time.ToDatetime(UTC) >= as_of + SETTLING
    assert len(running.outside.mails) == 1


async def test_a_source_whose_worker_loses_a_page_goes_on_from_the_last_cursor(
    running: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("workflows.reports.activities.PAGE_ROWS", 1)
    await running.outside.open(list(map(entry, range(4))))
    asked: list[str] = []

    async def fail_at_the_third_page(operation: str) -> None:
        if operation == "statement":
            asked.append(operation)
            if len(asked) == 3:
                raise Away

    running.outside.outside.before = fail_at_the_third_page
    async with working(running):
        handle = await running.start(await running.outside.asked())
        assert (await handle.result()).line_count == 4
    # Four pages, and the third once more: none from the beginning.
    assert len(asked) == 5
