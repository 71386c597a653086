"""The activities on real SQL, the world behind the gateways: pages, cursors, what is read again, what is refused."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from temporalio.exceptions import ApplicationError
from temporalio.testing import ActivityEnvironment

from workflows.invoices.testing_samples import sample_invoice
from workflows.kit.money import Money
from workflows.reports.activities import PAGE_ROWS, PDF, WORKBOOK, ReportActivities
from workflows.reports.composing import composed
from workflows.reports.messages import Archived, Composition, Gathered, Mailing, Source
from workflows.reports.model import ReportRequest, workflow_id
from workflows.reports.rows import row_of_invoice
from workflows.reports.testing_outside import NOON, ReportOutside, entry, settlement

READS = (ReportActivities.read_invoices, ReportActivities.read_accounting, ReportActivities.read_provider)


@pytest.fixture(autouse=True)
def _small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("workflows.reports.activities.PAGE_ROWS", 2)


async def read_all(outside: ReportOutside, report: ReportRequest) -> Composition:
    activities = ReportActivities(outside.ports())
    return Composition(report, tuple([await ActivityEnvironment().run(read, activities, report) for read in READS]))


async def archive(outside: ReportOutside, report: ReportRequest) -> Archived:
    archived: Archived = await ActivityEnvironment().run(
        ReportActivities(outside.ports()).archive_report, await read_all(outside, report)
    )
    return archived


def test_a_page_is_as_large_as_the_services_allow() -> None:
    assert PAGE_ROWS == 500


async def test_every_source_is_read_page_by_page_until_its_end() -> None:
    outside = ReportOutside()
    for number in range(4):
        await outside.books.add(sample_invoice(f"INV-{number}"))
    late = NOON + timedelta(microseconds=1)
    await outside.open(
        [*(entry(number) for number in range(3)), entry(9, at=late)],
        [*map(settlement, range(3)), settlement(9, at=late)],
    )
    found = await read_all(outside, await outside.asked())
    assert found.gathered == (
        Gathered(Source.INVOICES, 3, 4),
        Gathered(Source.ACCOUNTING, 2, 3),
        Gathered(Source.PROVIDER, 2, 3),
    )


async def test_nothing_is_a_page_without_rows() -> None:
    outside = ReportOutside()
    found = await read_all(outside, await outside.asked())
    assert [(each.page_count, each.row_count) for each in found.gathered] == [(1, 0)] * 3
    assert (await outside.shelf.look_up("R-1")).progress == {}


@pytest.mark.parametrize("read", READS)
async def test_after_each_page_its_cursor_is_told_and_the_next_attempt_begins_there(read: Any) -> None:
    outside, told = ReportOutside(), list[tuple[Any, ...]]()
    for number in range(5):
        await outside.books.add(sample_invoice(f"INV-{number}"))
    await outside.open(list(map(entry, range(5))), list(map(settlement, range(5))))
    report = await outside.asked()
    environment = ActivityEnvironment()
    environment.on_heartbeat = lambda *details: told.append(details)
    assert (await environment.run(read, ReportActivities(outside.ports()), report)).row_count == 5
    assert [page for _, page in told] == [1, 2]
    # The second attempt knows of the first page alone: the second is read again, and changes nothing.
    outside.outside.before = counted = Counted()
    again = ActivityEnvironment()
    again.info = replace(again.info, attempt=2, heartbeat_details=list(told[0]))
    gathered = await again.run(read, ReportActivities(outside.ports()), report)
    assert (gathered.page_count, gathered.row_count) == (3, 5)
    assert len(counted.operations) == (0 if read is ReportActivities.read_invoices else 2)


class Counted:
    """For ``before``: what was asked of the world."""

    def __init__(self) -> None:
        self.operations: list[str] = []

    async def __call__(self, operation: str) -> None:
        self.operations.append(operation)


async def test_a_page_that_is_read_twice_at_once_is_one_page() -> None:
    outside = ReportOutside()
    await outside.open(list(map(entry, range(5))))
    report = await outside.asked()
    both = await asyncio.gather(*(read_all(outside, report) for _ in range(2)))
    assert {each.gathered[1] for each in both} == {Gathered(Source.ACCOUNTING, 3, 5)}
    archived = await archive(outside, report)
    assert archived.line_count == 5


async def test_the_files_lie_under_their_digests_and_a_repeat_stores_nothing_new() -> None:
    outside = ReportOutside()
    await outside.open([entry(1)], [settlement(1)])
    report = await outside.asked()
    first = await archive(outside, report)
    store = outside.resources.archive()
    pdf, workbook = await store.get(first.pdf_key), await store.get(first.workbook_key)
    assert (pdf[:4], workbook[:2]) == (b"%PDF", b"PK")
    assert not await store.put(first.pdf_key, b"", content_type=PDF)
    assert not await store.put(first.workbook_key, b"", content_type=WORKBOOK)
    assert await archive(outside, report) == first
    known = await outside.shelf.archived("R-1")
    assert known is not None
    assert known[0] == first
    [sums] = known[1].sums
    assert (sums.total, sums.paid, sums.with_provider) == (riyals("115.00"), riyals("0.00"), riyals("115.00"))


def riyals(amount: str) -> Money:
    return Money.parse(amount, "SAR")


async def test_of_two_attempts_that_archive_at_once_the_first_is_told_by_both() -> None:
    outside = ReportOutside()
    await outside.open([entry(1)])
    report = await outside.asked()
    composition = await read_all(outside, report)
    first = Archived("a" * 64, "b" * 64, 1)
    ports = outside.ports()

    class Late:
        """The archive of an attempt that is slower than another one."""

        async def put(self, key: str, content: bytes, *, content_type: str) -> bool:
            known = await outside.shelf.archived("R-1")
            if known is None:
                with outside.shelf.gathered("R-1") as gathering:
                    summary = composed(composition, gathering, ports.contents).summary
                assert await outside.shelf.record_archived("R-1", first, summary) == first
            return True

        async def get(self, key: str) -> bytes:
            raise LookupError(key)

    told = await ActivityEnvironment().run(ReportActivities(replace(ports, archive=Late())).archive_report, composition)
    assert told == first


async def test_an_invoice_that_a_late_attempt_still_finds_changes_no_line() -> None:
    outside = ReportOutside()
    await outside.open([entry(1)])
    report = await outside.asked()
    composition = await read_all(outside, report)
    late = row_of_invoice("INV-LATE", "Nour", report.as_of, report.as_of)
    await outside.shelf.add_page(report.report_id, Source.INVOICES, 2, [late])
    archived = await ActivityEnvironment().run(ReportActivities(outside.ports()).archive_report, composition)
    assert archived.line_count == 1


async def test_with_a_row_less_than_was_read_nothing_is_composed() -> None:
    outside = ReportOutside()
    await outside.open([entry(1)])
    report = await outside.asked()
    composition = await read_all(outside, report)
    missing = Gathered(Source.PROVIDER, 1, 1)
    with pytest.raises(ApplicationError, match="0 rows of provider; 1 were read") as caught:
        await ActivityEnvironment().run(
            ReportActivities(outside.ports()).archive_report,
            replace(composition, gathered=(*composition.gathered[:2], missing)),
        )
    assert (caught.value.type, caught.value.non_retryable) == ("RowsMissing", True)
    assert await outside.shelf.archived("R-1") is None


async def test_a_report_that_nobody_asked_for_is_not_tried_again() -> None:
    report = ReportRequest("R-9", NOON, ("cfo@traf3li.example",))
    outside = ReportOutside()
    activities = ReportActivities(outside.ports())
    with pytest.raises(ApplicationError, match="'R-9'") as caught:
        await ActivityEnvironment().run(activities.archive_report, Composition(report, ()))
    assert (caught.value.type, caught.value.non_retryable) == ("ReportUnknown", True)


async def test_the_mail_brings_the_pdf_the_totals_and_where_the_workbook_lies() -> None:
    outside = ReportOutside()
    await outside.open([entry(1), entry(2), entry(2, "payment")])
    archived = await archive(outside, await outside.asked())
    mailing = Mailing("R-1", "cfo@traf3li.example", 2, archived, NOON)
    for _ in range(2):
        message_id = await ActivityEnvironment().run(ReportActivities(outside.ports()).send_report_email, mailing)
    first, second = outside.mails
    assert first == second
    assert message_id == f"<{workflow_id('R-1')}.mail-2@traf3li.example>"
    assert (first.recipient, first.reference, first.date) == ("cfo@traf3li.example", "R-1", NOON)
    assert first.attachment.filename == "R-1.pdf"
    assert first.attachment.content == await outside.resources.archive().get(archived.pdf_key)
    for told in ("as of 2025-06-30 12:00:00 UTC", "Total 230.00 SAR", "outstanding 115.00 SAR", archived.workbook_key):
        assert told in first.text
    assert "Not known to our books: 2." in first.text


async def test_no_mail_goes_out_without_its_pdf() -> None:
    outside = ReportOutside()
    await outside.asked()
    activities = ReportActivities(outside.ports())
    mailing = Mailing("R-1", "cfo@traf3li.example", 1, Archived("a", "b", 0), NOON)
    with pytest.raises(ApplicationError, match="R-1") as caught:
        await ActivityEnvironment().run(activities.send_report_email, mailing)
    assert caught.value.non_retryable
    assert outside.mails == []
