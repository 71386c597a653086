"""Of two contents at once, the one that was accepted has to be shown, with everything in it, whichever it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from harness.record.record import Record
from harness.verdict import Verdict
from scenarios.invoices.checks.answers.answers import AnswersCheck
from scenarios.invoices.checks.answers.testing_answers import Answer, given, innocent, with_answers
from scenarios.invoices.checks.facts.testing_records import DATED_AT
from scenarios.invoices.synthetic.adverse import shown_of_clashes
from scenarios.invoices.workload.adverse_invoices import CLASHING

JUDGE = AnswersCheck()
CLASH = f"adverse/two-contents-at-once/{CLASHING}"


def of_the_second() -> Mapping[str, Any]:
    """What is shown when the second content has won."""
    turned = [{**each, "sends": each["sends"][::-1]} if each["id"] == CLASH else each for each in given()["adverse"]]
    return dict(shown_of_clashes({"adverse": turned}, DATED_AT + timedelta(seconds=0.5)))[CLASHING]


def showing(**fields: Any) -> Record:
    """The first content has won, and is shown so but for these fields."""
    record = innocent()
    return replace(record, shown={**record.shown, CLASHING: {**record.shown[CLASHING], **fields}})


def the_other_way_round(answers: list[Answer]) -> list[Answer]:
    """The answer to the first request goes to the second, and the other way round."""
    first, second = answers
    return [{**second, "request": first["request"]}, {**first, "request": second["request"]}]


def messages(record: Record) -> str:
    result = JUDGE(record)
    assert result.verdict is Verdict.INVALID
    assert {finding.subject for finding in result.findings} == {CLASH}
    return "\n".join(finding.message for finding in result.findings)


def test_whichever_was_accepted_is_right_and_the_other_is_not() -> None:
    second_won = with_answers(innocent(), CLASH, the_other_way_round)
    second_shown = replace(innocent(), shown={CLASHING: of_the_second()})
    assert JUDGE(replace(second_won, shown=second_shown.shown)).verdict is Verdict.VALID
    assert "customer is shown as" in messages(second_won)
    assert "customer is shown as" in messages(second_shown)


@pytest.mark.parametrize("field", ["customer", "currency", "due_at", "lines", "net", "tax", "total"])
def test_no_part_of_the_content_that_was_refused_is_shown(field: str) -> None:
    other = of_the_second()[field]
    if other == innocent().shown[CLASHING][field]:
        pytest.skip("both contents say the same")
    assert field.removesuffix("s") in messages(showing(**{field: other}))


@pytest.mark.parametrize("part", ["name", "email", "tax_number"])
def test_no_part_of_the_other_customer_is_shown(part: str) -> None:
    customer = {**innocent().shown[CLASHING]["customer"], part: of_the_second()["customer"][part]}
    assert "customer is shown as" in messages(showing(customer=customer))


def test_it_was_dated_while_it_was_uploaded() -> None:
    for seconds in (-30.0, 30.0):
        shown = dict(shown_of_clashes(given(), DATED_AT + timedelta(seconds=seconds)))
        assert "and was uploaded between" in messages(replace(innocent(), shown=shown))
    assert "issued_at is shown as 'soon'" in messages(showing(issued_at="soon"))


def test_money_on_an_invoice_that_nobody_pays_is_found() -> None:
    assert "paid is shown as" in messages(showing(paid="1.00"))


def test_what_was_not_read_back_proves_nothing() -> None:
    result = JUDGE(replace(innocent(), shown={}))
    assert result.verdict is Verdict.UNKNOWN
    assert "two-contents-at-once" in result.summary
