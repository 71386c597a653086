"""``ReportProduction`` on a real server, its outside in memory."""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from temporalio.client import Client, WorkflowHandle
from temporalio.common import RetryPolicy
from temporalio.worker import Replayer, Worker

from workflows.app import app
from workflows.invoices.testing_hooks import Failing, Gate
from workflows.invoices.testing_outside import Away, Refused
from workflows.kit.retry import LONG, ORDINARY
from workflows.kit.status import BUSINESS_STATUS
from workflows.kit.testing_waits import forward, until
from workflows.reports.family import FAMILY
from workflows.reports.messages import Archived, Source
from workflows.reports.model import TASK_QUEUE, ReportRequest
from workflows.reports.ports import Ports, RowPage
from workflows.reports.testing_outside import ReportOutside, entry, settlement
from workflows.reports.workflow import SETTLING, ReportProduction

Handle = WorkflowHandle[Any, Archived]


@dataclass
class Running:
    """A worker with a task queue of its own."""

    client: Client
    task_queue: str
    outside: ReportOutside = field(default_factory=ReportOutside)

    async def start(self, report: ReportRequest) -> Handle:
        known_as = f"{self.task_queue}/{report.report_id}"
        return await self.client.start_workflow(ReportProduction.run, report, id=known_as, task_queue=self.task_queue)


@asynccontextmanager
async def working(running: Running, ports: Ports | None = None) -> AsyncIterator[None]:
    async with Worker(
        running.client,
        task_queue=running.task_queue,
        workflows=FAMILY.queues[TASK_QUEUE].workflows,
        activities=FAMILY.activities(ports or running.outside.ports()),
        interceptors=app.interceptors,
    ):
        yield


@pytest.fixture
async def running(client: Client) -> Running:
    return Running(client, f"test-{uuid.uuid4()}")


async def shows(handle: Handle, status: str) -> None:
    async def it_does() -> bool:
        return (await handle.describe()).typed_search_attributes.get(BUSINESS_STATUS) == status

    await until(it_does)


def few_attempts(monkeypatch: pytest.MonkeyPatch) -> None:
    for options in (ORDINARY, LONG):
        monkeypatch.setitem(options, "retry_policy", RetryPolicy(maximum_attempts=1))


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


HELD: dict[str, tuple[str, Exception]] = {
    "accounting refuses": ("statement", Refused()),
    "accounting is away": ("statement", Away()),
    "the provider refuses": ("settlements", Refused()),
    "the provider is away": ("settlements", Away()),
    "the mail is refused": ("mail", Refused()),
    "the mail server is away": ("mail", Away()),
}


@pytest.mark.parametrize("case", HELD)
async def test_a_step_that_fails_for_good_is_held_until_it_is_resumed(
    running: Running, monkeypatch: pytest.MonkeyPatch, case: str
) -> None:
    few_attempts(monkeypatch)
    await running.outside.open([entry(1)], [settlement(1)])
    operation, error = HELD[case]
    running.outside.outside.before = failing = Failing(operation, error)
    async with working(running):
        handle = await running.start(await running.outside.asked())
        await shows(handle, "held")
        assert running.outside.mails == []
        await handle.signal(ReportProduction.resume)

        async def is_tried_again() -> bool:
            return failing.calls == 2

        await until(is_tried_again)
        await shows(handle, "held")
        failing.mended = True
        await handle.signal(ReportProduction.resume)
        assert (await handle.result()).line_count == 1
        await shows(handle, "sent")
    assert len(running.outside.mails) == 1


@dataclass
class Shut:
    """Our own invoices, or the archive, while they cannot be reached."""

    open: bool = False

    async def page(self, *, after: str | None, limit: int) -> RowPage:
        self._require_open()
        return RowPage((), None)

    async def put(self, key: str, content: bytes, *, content_type: str) -> bool:
        self._require_open()
        return True

    async def get(self, key: str) -> bytes:
        return b"%PDF"

    def _require_open(self) -> None:
        if not self.open:
            raise OSError("away")


@pytest.mark.parametrize("port", ["invoices", "archive"])
async def test_our_own_books_and_the_archive_are_waited_for_as_well(
    running: Running, monkeypatch: pytest.MonkeyPatch, port: str
) -> None:
    few_attempts(monkeypatch)
    shut = Shut()
    async with working(running, running.outside.ports(**{port: shut})):
        handle = await running.start(await running.outside.asked())
        await shows(handle, "held")
        shut.open = True
        await handle.signal(ReportProduction.resume)
        assert (await handle.result()).line_count == 0


async def test_one_source_that_is_held_keeps_no_other_from_being_read(
    running: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    few_attempts(monkeypatch)
    await running.outside.open([entry(1)], [settlement(1)])
    running.outside.outside.before = failing = Failing("statement", Refused())
    async with working(running):
        handle = await running.start(await running.outside.asked())
        await shows(handle, "held")

        async def the_other_is_read() -> bool:
            return Source.PROVIDER in (await running.outside.shelf.look_up("R-1")).progress

        await until(the_other_is_read)
        assert await running.outside.shelf.archived("R-1") is None
        failing.mended = True
        await handle.signal(ReportProduction.resume)
        await handle.result()


async def test_one_recipient_who_is_refused_keeps_no_other_from_the_mail(
    running: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    few_attempts(monkeypatch)
    running.outside.outside.before = refused = First("mail", Refused())
    async with working(running):
        handle = await running.start(await running.outside.asked(recipients=3))
        await shows(handle, "held")

        async def the_others_have_it() -> bool:
            return len(running.outside.mails) == 2

        await until(the_others_have_it)
        await handle.signal(ReportProduction.resume)
        await handle.result()
    assert refused.calls == 4
    assert len({mail.message_key for mail in running.outside.mails}) == len(running.outside.mails) == 3


@dataclass
class First:
    """For ``before``: the first call of an operation fails."""

    operation: str
    error: Exception
    calls: int = 0

    async def __call__(self, operation: str) -> None:
        if operation == self.operation:
            self.calls += 1
            if self.calls == 1:
                raise self.error


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


async def test_a_resume_while_nothing_is_held_says_nothing(running: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    few_attempts(monkeypatch)
    gate = Gate("statement")
    calls: list[int] = []

    async def refuse_once_it_is_opened(operation: str) -> None:
        await gate(operation)
        if operation == "statement":
            calls.append(1)
            if len(calls) == 1:
                raise Refused

    running.outside.outside.before = refuse_once_it_is_opened
    async with working(running):
        handle = await running.start(await running.outside.asked())
        await gate.reached.wait()
        await handle.signal(ReportProduction.resume)
        gate.opened.set()
        await shows(handle, "held")
        await handle.signal(ReportProduction.resume)
        await handle.result()
    assert len(calls) == 2
