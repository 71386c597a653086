"""How an execution ended is told whatever it returned, and by every name of what it failed with."""

from __future__ import annotations

import datetime
import decimal
import json
from typing import Any

import pytest
import temporalio.api.common.v1
import temporalio.converter
from temporalio.api.history.v1 import HistoryEvent

from harness.record.history_endings import execution_in, plain

CONVERTER = temporalio.converter.DataConverter.default


class Basket:
    """No JSON."""


async def returned(*payloads: temporalio.api.common.v1.Payload) -> Any:
    begun, last = HistoryEvent(), HistoryEvent()
    begun.workflow_execution_started_event_attributes.workflow_type.name = "Order"
    last.workflow_execution_completed_event_attributes.result.payloads.extend(payloads)
    last.workflow_execution_completed_event_attributes.SetInParent()
    told = await execution_in(CONVERTER, [begun, last], None)
    assert (told["workflow_type"], told["status"], told["history_length"]) == ("Order", "COMPLETED", 2)
    return told["result"]


async def test_a_result_is_told_whatever_it_is() -> None:
    assert await returned() is None
    assert await returned(*await CONVERTER.encode([{"total": 115}])) == {"total": 115}
    assert await returned(*await CONVERTER.encode([b"parcel"])) == "b'parcel'"
    odd = temporalio.api.common.v1.Payload(metadata={"encoding": b"binary/zip"}, data=b"\x00")
    assert await returned(odd) == "b'\\x00'"


@pytest.mark.parametrize(
    ("value", "told"),
    [
        ({"b": {2, 1}, 3: ("x", None)}, {"b": [1, 2], "3": ["x", None]}),
        (decimal.Decimal("1.50"), "1.50"),
        (datetime.date(2026, 1, 2), "2026-01-02"),
        (float("nan"), "nan"),
        (Basket(), "<Basket>"),
        (1 + 2j, "(1+2j)"),
    ],
    ids=["a mapping", "a decimal", "a date", "no number", "an object", "a complex number"],
)
def test_what_is_no_json_is_told_in_words_that_are_the_same_each_time(value: Any, told: Any) -> None:
    assert plain(value) == told
    json.dumps(plain(value), allow_nan=False)


async def test_a_failure_is_told_with_the_types_of_all_that_caused_it() -> None:
    last = HistoryEvent()
    failure = last.workflow_execution_failed_event_attributes.failure
    failure.message = "Activity task failed"
    failure.activity_failure_info.SetInParent()
    failure.cause.application_failure_info.type = "CardDeclined"
    failure.cause.cause.application_failure_info.type = "BankError"

    told = await execution_in(CONVERTER, [HistoryEvent(), last], "Status")

    assert told["status"] == "FAILED"
    assert told["failure"] == "Activity task failed"
    assert told["failure_types"] == ["CardDeclined", "BankError"]
