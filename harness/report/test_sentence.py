"""The one sentence, and the counts it is made of."""

from __future__ import annotations

from dataclasses import replace

import pytest

from harness.record.record import Outcome, Record
from harness.record.testing_records import (
    effect,
    execution,
    fault,
    invalid,
    killed_run,
    operation,
    run_info,
    unknown,
    valid,
)
from harness.report.sentence import sentence
from harness.report.summary import summary
from harness.report.testing_vocabulary import INVOICES
from harness.report.vocabulary import Vocabulary
from harness.verdict import CheckResult, Verdict


def test_a_valid_run_in_the_words_of_the_claim() -> None:
    words = replace(INVOICES, verbs={("smtp", "mail"): "mailed", ("accounting", "book"): "booked"})
    assert sentence(killed_run(), [valid(lost=0)], words) == (
        "2 invoices went through while 1 worker was killed: "
        "2 mailed (1 of them again, as e-mail allows), none booked, 0 lost; worst recovery 7.0 s."
    )


def test_a_valid_run_without_a_vocabulary() -> None:
    assert sentence(killed_run(), [valid()]) == (
        "2 pieces of work went through while 1 worker was killed: 2 smtp/mail (1 of them again); worst recovery 7.0 s."
    )


def test_kinds_of_faults_without_words_are_named_together() -> None:
    faults = (fault("a", 2, 3), fault("b", 4, 5, kind="link-cut"), fault("c", 6, 7, kind="pause"))
    said = sentence(killed_run(faults=faults), [valid()], INVOICES)
    assert "while 1 worker was killed and 2 other faults struck (link-cut and pause): " in said


@pytest.mark.parametrize(
    ("faults", "expected"),
    [((), "with nothing broken on purpose"), ((fault("a", 2, 3, landed=None),), "and no fault struck")],
)
def test_no_fault_is_said_so(faults: tuple[object, ...], expected: str) -> None:
    assert expected in sentence(killed_run(faults=faults), [valid()], INVOICES)


def test_a_broken_promise_is_quoted() -> None:
    said = sentence(killed_run(), [valid(), unknown(), invalid(findings=2), invalid("paid-once")], INVOICES)
    assert said == "A promise was broken: 2 invoices were booked twice; 1 more check says INVALID."


def test_unknown_says_why() -> None:
    assert sentence(killed_run(), [valid(), unknown()]) == "Nothing is proved: No fault was felt."
    assert sentence(killed_run(), []) == "Nothing is proved: no check ran."
    assert (
        sentence(killed_run(interrupted="SIGINT"), [valid()]) == "Nothing is proved: the run was interrupted (SIGINT)."
    )


def test_a_broken_promise_outweighs_an_interruption() -> None:
    assert sentence(killed_run(interrupted="SIGINT"), [invalid()]).startswith("A promise was broken")


def test_quotes_are_made_visible_and_cut() -> None:
    said = sentence(killed_run(), [CheckResult("c", Verdict.INVALID, "\x1b[2J" + "x" * 10_000)])
    assert "\x1b" not in said
    assert len(said) < 400


def test_an_invoice_and_its_payment_are_not_repetitions() -> None:
    booked = [effect("INV-1", "accounting", "book", detail={"kind": kind}) for kind in ("invoice", "payment")]
    parts = [effect("INV-1", "accounting", "book", detail={"kind": "payment", "payment_id": f"P{n}"}) for n in (1, 2)]
    [counted] = summary(Record(run_info(), effects=(*booked, *parts)), []).effects
    assert (counted.accepted, counted.references, counted.repeated) == (4, 1, 0)


def test_the_same_payment_booked_twice_is_a_repetition() -> None:
    twice = tuple(effect("INV-1", "accounting", "book", detail={"payment_id": "P1"}) for _ in range(3))
    [counted] = summary(Record(run_info(), effects=twice), []).effects
    assert counted.repeated == 1


def test_the_counts_of_a_run() -> None:
    record = killed_run(
        operations=(operation("INV-1", 0), operation("INV-2", 0, None), operation("INV-1", 1, name="pay")),
        executions=(execution("invoice-INV-1"), execution("invoice-INV-2", None)),
        faults=(fault("a", 2, 3), fault("b", 4, None, felt=None), fault("c", None, None, landed=None, felt=None)),
    )
    counts = summary(record, [valid(lost=0), valid("other", lost=3)], Vocabulary())
    assert (counts.subjects, counts.closed, counts.running) == (2, 1, 1)
    assert dict(counts.operations) == {Outcome.OK: 2, Outcome.FAIL: 0, Outcome.UNKNOWN: 1}
    assert (counts.attempts, counts.attempts_cut_short, counts.lost) == (4, 2, 3)
    assert counts.faults.planned == 3
    assert (counts.faults.landed, counts.faults.felt, counts.faults.healed, counts.faults.unhealed) == (2, 1, 1, 1)


def test_nothing_at_all_can_be_counted() -> None:
    counts = summary(Record(run_info()), [])
    assert counts.verdict is Verdict.UNKNOWN
    assert (counts.subjects, counts.worst_recovery_seconds, counts.lost) == (0, None, None)
