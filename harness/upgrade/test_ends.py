"""An end is right when one version alone comes to it; what mixes the two is told by what is too much or missing."""

from __future__ import annotations

from collections import Counter

from harness.upgrade.ends import End, Ends, unlike_both

MAIL, OTHER, BOOKING = "smtp/mail m1 aa", "smtp/mail m2 bb", "accounting/book b1 cc"


def ends(result: object, *effects: str) -> Ends:
    return Ends({"order-1": End("COMPLETED", result, None, None)}, {"1": Counter(effects)})


OLD, NEW = ends(10, MAIL, BOOKING), ends(11, OTHER, BOOKING)


def told(got: Ends) -> list[tuple[str, str]]:
    return list(unlike_both(got, OLD, NEW))


def test_either_end_is_right_and_the_effects_are_held_for_themselves() -> None:
    assert told(OLD) == told(NEW) == told(ends(10, OTHER, BOOKING)) == []


def test_a_result_of_neither_is_told_with_both() -> None:
    expected = "completed with 12; by the old code alone completed with 10, by the new completed with 11"
    assert told(ends(12, MAIL, BOOKING)) == [("order-1", expected)]


def test_what_never_began_is_told() -> None:
    [(about, message)] = told(Ends({}, OLD.effects))
    assert (about, message.split(";")[0]) == ("order-1", "never began")


def test_an_effect_that_is_missing_and_one_that_is_there_twice_are_told() -> None:
    assert told(ends(10, MAIL)) == [("1", f"missing: {BOOKING}")]
    assert told(ends(10, MAIL, BOOKING, BOOKING)) == [("1", f"too much: {BOOKING}")]


def test_the_mails_of_both_are_one_too_many() -> None:
    assert told(ends(10, MAIL, OTHER, BOOKING)) == [("1", f"too much: {OTHER}")]


def test_effects_about_something_that_neither_knows_are_too_much() -> None:
    got = Ends(OLD.executions, {**OLD.effects, "2": Counter([MAIL])})
    assert told(got) == [("2", f"too much: {MAIL}")]
