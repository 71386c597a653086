"""What fails for good is held, in every source and behind them, and goes on when it is resumed."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from workflows.invoices.testing_hooks import Failing, Gate
from workflows.invoices.testing_outside import Away, Refused
from workflows.kit.testing_waits import until
from workflows.reports.messages import Source
from workflows.reports.ports import RowPage
from workflows.reports.testing_outside import entry, settlement
from workflows.reports.testing_workers import Running, few_attempts, shows, working
from workflows.reports.workflow import ReportProduction

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
