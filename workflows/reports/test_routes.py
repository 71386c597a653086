"""The endpoints on real SQL: what is refused, what is a repeat, how far a report is, its files."""

from __future__ import annotations

import json
import socket
import uuid
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode
from temporalio.worker import Worker

from workflows.api.application import create_api
from workflows.invoices.testing_samples import sample_invoice
from workflows.kit.converter import data_converter
from workflows.reports.contents.figures import summed
from workflows.reports.family import FAMILY, api
from workflows.reports.messages import Archived
from workflows.reports.model import TASK_QUEUE, workflow_id
from workflows.reports.routes import LARGEST_BODY_BYTES, Context
from workflows.reports.testing_outside import ReportOutside, entry, settlement

GOOD: Mapping[str, Any] = {"report_id": "R-1", "as_of": "2025-06-30T12:00:00Z", "recipients": ["cfo@traf3li.example"]}
NEVER: Mapping[str, Sequence[Any]] = {
    "report_id": ("", " ", "../R", "-R", "N" * 65, 7, None),
    "as_of": ("", "soon", "2025-06-30", "2025-06-30T12:00:00", "2025-02-30T00:00:00Z", "9999-12-31T23:59:59-23:00", 7),
    "recipients": (
        *([], None, "cfo@traf3li.example", ["nobody"], ["a@b c"], [None], [7], ["a@b.example\r\nBcc: c@d.example"]),
        ["cfo@traf3li.example", "CFO@traf3li.example"],
        [f"cfo-{number}@traf3li.example" for number in range(11)],
    ),
}


class Api:
    """The API of one test, with a client of Temporal."""

    def __init__(self, client: Client, task_queue: str = "nobody-serves-it", wait_seconds: float = 8.0) -> None:
        self.outside = ReportOutside()
        archive = self.outside.resources.archive()
        context = Context(client, self.outside.shelf, archive, task_queue, wait_seconds)
        self._transport = httpx.ASGITransport(create_api({"reports": context}), raise_app_exceptions=False)

    async def ask(self, body: Any) -> httpx.Response:
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        async with self._http() as http:
            return await http.post("/reports", content=content)

    async def get(self, path: str) -> httpx.Response:
        async with self._http() as http:
            return await http.get(path)

    def _http(self) -> httpx.AsyncClient:
        return httpx.AsyncClient(transport=self._transport, base_url="http://api.example")


def refusal(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["type"].rpartition("/")[2]


@asynccontextmanager
async def silent_temporal() -> AsyncIterator[Client]:
    """A server that takes connections and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        yield await Client.connect(f"127.0.0.1:{silent.getsockname()[1]}", lazy=True, data_converter=data_converter)


@pytest.mark.parametrize(("changed", "value"), [(name, value) for name, values in NEVER.items() for value in values])
async def test_what_is_no_report_is_refused_whole(changed: str, value: Any) -> None:
    async with silent_temporal() as client:
        found = Api(client, wait_seconds=0.2)
        assert refusal(await found.ask({**GOOD, changed: value})) == (422, "no-report")
        assert refusal(await found.get("/reports/R-1")) == (404, "report-unknown")


@pytest.mark.parametrize("missing", GOOD)
async def test_nothing_of_it_may_be_missing(missing: str) -> None:
    async with silent_temporal() as client:
        body = {name: value for name, value in GOOD.items() if name != missing}
        assert refusal(await Api(client).ask(body)) == (422, "no-report")


@pytest.mark.parametrize("content", [b"", b"[]", b'"R"', b"7", b"\xff", b"[" * 10_000], ids=lambda body: repr(body[:3]))
async def test_what_cannot_be_read_is_refused(content: bytes) -> None:
    async with silent_temporal() as client:
        assert refusal(await Api(client).ask(content)) == (422, "no-report")


async def test_no_more_is_read_than_a_report_may_have() -> None:
    async with silent_temporal() as client:
        assert refusal(await Api(client).ask(b" " * (LARGEST_BODY_BYTES + 1))) == (413, "too-large")


async def test_a_year_ahead_is_taken_and_no_more(client: Client) -> None:
    found, now = Api(client), datetime.now(UTC)
    name = f"R-{uuid.uuid4()}"
    late = {**GOOD, "report_id": name, "as_of": (now + timedelta(days=366, minutes=5)).isoformat()}
    assert refusal(await found.ask(late)) == (422, "no-report")
    assert (await found.ask({**late, "as_of": (now + timedelta(days=365)).isoformat()})).status_code == 202
    await client.get_workflow_handle(workflow_id(name)).terminate()


async def test_a_temporal_that_never_answers_is_not_waited_for_for_ever_and_the_repeat_is_the_same_report() -> None:
    async with silent_temporal() as client:
        found = Api(client, wait_seconds=0.2)
        for _ in range(2):
            assert refusal(await found.ask(GOOD)) == (503, "not-now")
        assert refusal(await found.get("/reports/R-1")) == (503, "not-now")
        assert refusal(await found.get("/reports/R-1/pdf")) == (404, "report-not-made")


async def test_a_report_is_made_once_however_often_it_is_asked_for(client: Client) -> None:
    queue, name = f"test-{uuid.uuid4()}", f"R-{uuid.uuid4()}"
    found, body = Api(client, queue), {**GOOD, "report_id": name}
    await found.outside.books.add(sample_invoice("INV-1"))
    await found.outside.open([entry(1), entry(1, "payment"), entry(2)], [settlement(1)])
    first = await found.ask(body)
    assert (first.status_code, first.json()["workflow_id"]) == (202, workflow_id(name))
    before = (await found.get(f"/reports/{name}")).json()
    assert (before["status"], before["totals"], before["progress"]["accounting"]) == (
        None,
        None,
        {"pages": 0, "rows": 0},
    )
    # The same instant in another zone is the same.
    assert (await found.ask({**body, "as_of": "2025-06-30T15:00:00+03:00"})).status_code == 202
    for change in ({"as_of": "2025-06-30T12:00:00.000001Z"}, {"recipients": ["other@traf3li.example"]}):
        assert refusal(await found.ask({**body, **change})) == (409, "another-report")
    async with Worker(
        client,
        task_queue=queue,
        workflows=FAMILY.queues[TASK_QUEUE].workflows,
        activities=FAMILY.activities(found.outside.ports()),
    ):
        await client.get_workflow_handle(workflow_id(name)).result()
    assert (await found.ask(body)).status_code == 202
    assert len(found.outside.mails) == 1
    shown = (await found.get(f"/reports/{name}")).json()
    assert {name: shown[name] for name in ("as_of", "recipients", "status", "line_count", "unknown_count")} == {
        "as_of": "2025-06-30T12:00:00+00:00",
        "recipients": ["cfo@traf3li.example"],
        "status": "sent",
        "line_count": 2,
        "unknown_count": 1,
    }
    assert shown["progress"] == {
        "invoices": {"pages": 1, "rows": 1},
        "accounting": {"pages": 1, "rows": 3},
        "provider": {"pages": 1, "rows": 1},
    }
    [totals] = shown["totals"]
    assert (totals["currency"], totals["invoice_count"], totals["total"], totals["paid"], totals["outstanding"]) == (
        "SAR", 2, "230.00", "115.00", "115.00",
    )  # fmt: skip
    pdf, workbook = [await found.get(f"/reports/{name}/{kind}") for kind in ("pdf", "workbook")]
    assert (pdf.headers["content-type"], pdf.content) == ("application/pdf", found.outside.mails[0].attachment.content)
    assert workbook.content.startswith(b"PK")


@pytest.mark.parametrize("path", ["/reports/R-9", "/reports/-R", "/reports/R-9/pdf", "/reports/R-9/workbook"])
async def test_what_nobody_has_asked_for_is_not_found(path: str) -> None:
    async with silent_temporal() as client:
        assert refusal(await Api(client).get(path)) == (404, "report-unknown")


@pytest.mark.parametrize("kind", ["pdf", "workbook"])
async def test_a_file_that_the_archive_has_lost_is_named(kind: str) -> None:
    async with silent_temporal() as client:
        found = Api(client)
        report = await found.outside.asked()
        summary = summed(report.report_id, report.as_of, [], [])
        await found.outside.shelf.record_archived(report.report_id, Archived("a", "b", 0), summary)
        assert refusal(await found.get(f"/reports/R-1/{kind}")) == (503, "file-missing")


async def test_an_error_of_temporal_is_no_status_that_is_unknown(client: Client) -> None:
    class Failing:
        def get_workflow_handle(self, _workflow_id: str) -> Any:
            return self

        async def describe(self) -> Any:
            raise RPCError("busy", RPCStatusCode.RESOURCE_EXHAUSTED, b"")

    found = Api(Failing())  # type: ignore[arg-type]
    await found.outside.asked()
    assert refusal(await found.get("/reports/R-1")) == (503, "not-now")


async def test_a_report_that_was_never_begun_has_no_status(client: Client) -> None:
    found = Api(client)
    name = f"R-{uuid.uuid4()}"
    await found.outside.asked(name)
    assert (await found.get(f"/reports/{name}")).json()["status"] is None


async def test_the_routes_are_bound_to_what_the_process_shares(client: Client) -> None:
    outside = ReportOutside()
    bound = api(outside.resources, client)
    assert (bound.client, bound.task_queue) == (client, TASK_QUEUE)
    assert bound.shelf == outside.shelf
