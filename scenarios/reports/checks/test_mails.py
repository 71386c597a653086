"""A mail of a report that goes elsewhere, says something else or brings another file is found, as is what is shown."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import replace
from typing import Any

import pytest

from harness.judge.check import Check
from harness.judge.checks.effects import EffectsCheck
from harness.judge.checks.ends import EndsCheck
from harness.record.record import Outcome, Record
from harness.verdict import Verdict
from scenarios.kit.checks.results import ResultsCheck
from scenarios.reports.checks.mails import MailsCheck
from scenarios.reports.checks.shown import ShownCheck
from scenarios.reports.checks.testing_reports import FIRST, RECIPIENTS, SECOND, good_record, with_file, with_mail
from scenarios.reports.family import FAMILY
from scenarios.reports.oracle.asked import asked, expected_acts, expected_ends, expected_results

CHECKS: tuple[Check, ...] = (
    MailsCheck(),
    ShownCheck(),
    EffectsCheck(FAMILY.promises, expected_acts),
    EndsCheck(expected_ends),
    ResultsCheck(expected_results),
)


def broken(record: Record) -> set[str]:
    return {check.name for check in CHECKS if check(record).verdict is Verdict.INVALID}


def test_what_is_as_it_must_be_is_valid() -> None:
    assert {check(good_record()).verdict for check in CHECKS} == {Verdict.VALID}


def test_of_nothing_nothing_is_known() -> None:
    nothing = replace(good_record(), operations=(), effects=(), shown={}, executions=())
    assert {check(nothing).verdict for check in CHECKS} == {Verdict.UNKNOWN}


@pytest.mark.parametrize(
    "detail",
    [
        {"subject": f"Receivables report {SECOND}"},
        {"text": good_record().effects[0].detail["text"].replace("outstanding", "due")},
        {"from": "cfo@traf3li.example"},
        {"to": RECIPIENTS[1]},
        {"attachments": []},
        {"attachments": good_record().effects[-1].detail["attachments"]},
    ],
)
def test_a_mail_that_is_another_is_found(detail: dict[str, Any]) -> None:
    assert broken(with_mail(**detail)) == {"mails"}


def test_a_mail_to_a_stranger_is_found_and_whom_it_missed() -> None:
    assert broken(with_mail(recipient="x@traf3li.example", to="x@traf3li.example")) == {"mails", "effects"}


def test_a_recipient_who_is_forgotten_or_told_under_two_keys_is_found() -> None:
    record = good_record()
    assert broken(replace(record, effects=record.effects[1:])) == {"effects"}
    again = replace(record.effects[0], effect_id="again", key="<again>")
    again = replace(again, detail={**again.detail, "message_id": "<again>"})
    assert broken(replace(record, effects=(*record.effects, again))) == {"effects"}
    assert broken(replace(record, effects=(*record.effects, record.effects[0]))) == set()


def test_another_file_than_was_mailed_and_returned_is_found() -> None:
    assert broken(with_file("pdf", b"another")) == {"mails", "results", "shown"}
    assert broken(with_file("workbook", b"another")) == {"mails", "results", "shown"}


@pytest.mark.parametrize(
    "change",
    [
        {"status": "held"},
        {"line_count": 1},
        {"pdf_digest": "0" * 64},
        {"workbook_digest": None},
        {"recipients": list(RECIPIENTS[:1])},
        {"totals": []},
        {"progress": {}},
        {"as_of": "2025-06-30T20:00:00+00:00"},
    ],
)
def test_what_is_shown_wrong_is_found(change: dict[str, Any]) -> None:
    record = good_record()
    assert broken(replace(record, shown={**record.shown, FIRST: {**record.shown[FIRST], **change}})) == {"shown"}


def test_what_is_not_shown_at_all_is_found() -> None:
    record = good_record()
    assert "shown" in broken(replace(record, shown={FIRST: record.shown[FIRST]}))


def test_another_result_or_end_is_found() -> None:
    record = good_record()
    first, second = record.executions
    assert broken(replace(record, executions=(replace(first, state="held"), second))) == {"ends"}
    wrong = replace(first, result={**first.result, "line_count": 0})
    assert broken(replace(record, executions=(wrong, second))) == {"results"}


def test_what_was_refused_is_not_asked_for_and_what_was_never_answered_may_be() -> None:
    record = good_record()
    first, second = record.operations
    refused = replace(record, operations=(replace(first, outcome=Outcome.FAIL), second))
    assert list(asked(refused)) == [SECOND]
    vague = replace(record, operations=(replace(first, outcome=Outcome.UNKNOWN), second))
    acts = expected_acts(vague)["smtp", "mail"]
    assert acts.may == {f"{FIRST} to {each}" for each in RECIPIENTS}
    assert acts.must == {f"{SECOND} to {each}" for each in RECIPIENTS}


def test_an_instant_that_was_soon_is_the_one_that_was_answered() -> None:
    record = good_record()
    said, first = "2025-06-30T21:00:00+00:00", record.operations[0]
    reports = [{**each, "as_of": None} for each in record.input["reports"]]
    soon = replace(
        record, input={**record.input, "reports": reports}, operations=(replace(first, detail={"as_of": said}),)
    )
    assert [each.report.as_of.isoformat() for each in asked(soon).values()] == [said]


def test_files_are_known_by_their_digests() -> None:
    record = good_record()
    content = base64.b64decode(record.shown[FIRST]["files"]["pdf"])
    assert record.executions[0].result["pdf_digest"] == hashlib.sha256(content).hexdigest()
