"""The effects check, fed hand-made records: good, lost, doubled, uncalled for, allowed again, vacuous."""

from __future__ import annotations

from harness.judge.checks.effects import Acts, Delivery, EffectsCheck, Promise
from harness.record.record import Effect, Record, RunInfo
from harness.verdict import Verdict

RUN = RunInfo("id", "claim", "promise", 1, "dev", "now", "assay run")
BOOK = Promise("accounting", "book", Delivery.EXACTLY_ONCE)
MAIL = Promise("smtp", "mail", Delivery.AT_LEAST_ONCE)


def effect(
    reference: str,
    *,
    service: str = "accounting",
    operation: str = "book",
    key: str = "k",
    digest: str = "d",
    at: float = 1.0,
) -> Effect:
    return Effect(f"e-{reference}-{at}", service, operation, key, reference, digest, at)


def mail(reference: str, key: str = "m", digest: str = "d", at: float = 1.0) -> Effect:
    return effect(reference, service="smtp", operation="mail", key=key, digest=digest, at=at)


def judged(promise: Promise, acts: Acts, *effects: Effect) -> tuple[Verdict, list[str]]:
    check = EffectsCheck([promise], lambda record: {promise.kind: acts})
    result = check(Record(RUN, effects=effects))
    return result.verdict, [finding.message for finding in result.findings]


def test_each_demanded_effect_once_is_valid() -> None:
    assert judged(BOOK, Acts(frozenset({"A", "B"})), effect("A"), effect("B")) == (Verdict.VALID, [])


def test_a_lost_effect_is_invalid() -> None:
    verdict, messages = judged(BOOK, Acts(frozenset({"A", "B"})), effect("A"))
    assert (verdict, messages) == (Verdict.INVALID, ["accounting/book: never happened, though it had to"])


def test_a_doubled_effect_is_invalid_where_once_is_promised() -> None:
    verdict, messages = judged(BOOK, Acts(frozenset({"A"})), effect("A"), effect("A", at=2.0))
    assert (verdict, messages) == (Verdict.INVALID, ["accounting/book: happened 2 times, promised exactly once"])


def test_an_effect_that_nothing_called_for_is_invalid() -> None:
    assert judged(BOOK, Acts(frozenset({"A"})), effect("A"), effect("X"))[0] is Verdict.INVALID


def test_an_effect_of_another_kind_is_left_to_its_own_promise() -> None:
    acts = Acts(frozenset({"A"}))
    assert judged(BOOK, acts, effect("A"), mail("A"))[0] is Verdict.VALID
    assert judged(BOOK, acts, mail("A")) == (Verdict.INVALID, ["accounting/book: never happened, though it had to"])


def test_an_effect_of_a_kind_that_nobody_promised_is_invalid() -> None:
    expected = {BOOK.kind: Acts(frozenset({"A"}))}
    check = EffectsCheck([BOOK], lambda record: expected, asked=frozenset({BOOK.kind, MAIL.kind}))
    settled = effect("A", service="payments", operation="settled")
    assert check(Record(RUN, effects=(effect("A"), settled))).verdict is Verdict.VALID
    result = check(Record(RUN, effects=(effect("A"), mail("B"))))
    assert [finding.message for finding in result.findings] == ["smtp/mail: happened, though nobody promised any"]
    assert result.verdict is Verdict.INVALID


def test_an_effect_that_may_have_happened_is_neither_demanded_nor_refused() -> None:
    acts = Acts(must=frozenset({"A"}), may=frozenset({"B"}))
    assert judged(BOOK, acts, effect("A"))[0] is Verdict.VALID
    assert judged(BOOK, acts, effect("A"), effect("B"))[0] is Verdict.VALID


def test_mail_may_come_again_with_one_key_and_identical_bytes() -> None:
    assert judged(MAIL, Acts(frozenset({"A"})), mail("A"), mail("A", at=2.0))[0] is Verdict.VALID


def test_mail_again_under_another_key_or_with_other_bytes_is_invalid() -> None:
    acts = Acts(frozenset({"A"}))
    assert judged(MAIL, acts, mail("A"), mail("A", key="other"))[0] is Verdict.INVALID
    assert judged(MAIL, acts, mail("A"), mail("A", digest="other"))[0] is Verdict.INVALID


def test_nothing_demanded_proves_nothing() -> None:
    assert judged(BOOK, Acts())[0] is Verdict.UNKNOWN
