"""What the books say in the end must be how the workflow ended."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from harness.record.record import Record
from harness.verdict import Verdict
from scenarios.invoices.checks.facts.testing_records import INVOICE, record
from scenarios.invoices.checks.statuses import StatusesCheck


def run(**shown: Any) -> Record:
    return replace(record(status="paid"), shown=shown)


def test_the_same_is_valid() -> None:
    assert StatusesCheck()(run(**{INVOICE: {"status": "paid"}})).verdict is Verdict.VALID


@pytest.mark.parametrize(("said", "words"), [("sent", "the books say sent"), (None, "the books say nothing")])
def test_anything_else_is_invalid(said: str | None, words: str) -> None:
    result = StatusesCheck()(run(**{INVOICE: {"status": said}}))
    assert result.verdict is Verdict.INVALID
    assert f"{words}, its workflow ended as paid" in result.findings[0].message


def test_what_was_not_read_is_unknown() -> None:
    result = StatusesCheck()(run())
    assert result.verdict is Verdict.UNKNOWN
    assert "1 of 1 ended invoices could not be read back" in result.summary


def test_no_end_is_unknown() -> None:
    assert StatusesCheck()(replace(run(), executions=())).verdict is Verdict.UNKNOWN
