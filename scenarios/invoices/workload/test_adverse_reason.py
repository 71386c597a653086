"""A second cancellation is asked for only when the first was surely accepted or answered."""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest

from harness.experiment.site import Caller
from harness.experiment.workload import Answer
from harness.record.journal import FileJournal
from harness.record.record import Outcome
from scenarios.invoices.workload import adverse_reason
from scenarios.invoices.workload.adverse_reason import FirstCancelling, for_another_reason
from scenarios.invoices.workload.testing_callers import Asked


@pytest.fixture
def caller(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Asked:
    monkeypatch.setattr(adverse_reason, "LOOK_AGAIN_SECONDS", 0.0)
    return Asked(lambda request: httpx.Response(200, json={}), FileJournal(tmp_path / "j.jsonl", "test"))


async def _unheard(_caller: Caller) -> Answer:
    return Answer(Outcome.UNKNOWN)


async def test_it_waits_until_money_is_shown_to_have_gone_back(caller: Asked) -> None:
    shown = iter([httpx.Response(503), *(httpx.Response(200, json={"refunded": each}) for each in ("0.00", "5.00"))])
    caller.answer = lambda request: next(shown) if request.method == "GET" else httpx.Response(200, json={})
    cancelling = FirstCancelling("INV-1")
    await cancelling.watched(_unheard)(caller)
    asked = for_another_reason(cancelling, "INV-1", 0.0, ()).planned()
    assert (await asked.call(caller)).outcome is Outcome.OK
    assert [request.method for request in caller.sent] == ["GET", "GET", "GET", "POST"]


async def test_it_does_not_ask_while_nothing_shows_it(caller: Asked) -> None:
    cancelling = FirstCancelling("INV-1")
    waits_for = await cancelling.wait(caller)
    assert waits_for is not None
    assert "INV-1" in waits_for
    assert not caller.sent, "nobody has cancelled it yet"
    await cancelling.watched(_unheard)(caller)
    assert await cancelling.wait(caller) == waits_for
    assert {request.method for request in caller.sent} == {"GET"}


@pytest.mark.parametrize(
    ("outcome", "waits"), [(Outcome.OK, False), (Outcome.FAIL, False), (Outcome.UNKNOWN, True)], ids=str
)
async def test_the_first_ones_answer_is_enough(caller: Asked, outcome: Outcome, waits: bool) -> None:
    cancelling = FirstCancelling("INV-1")

    async def first(_caller: Caller) -> Answer:
        return Answer(outcome)

    assert (await cancelling.watched(first)(caller)).outcome is outcome
    assert (await cancelling.wait(caller) is not None) is waits
