"""A complaint is the same whatever its numbers, and another one of another check, subject, or thing that is wrong."""

from __future__ import annotations

from dataclasses import replace

import pytest

from harness.simulate.bench import open_bench
from harness.simulate.case import Case
from harness.simulate.failure.complaint import complains_of, complaint_of, plain
from harness.simulate.once import Simulated
from harness.simulate.test_once import TOY
from harness.verdict import CheckResult, Finding, Verdict


@pytest.fixture(scope="module")
def valid() -> Simulated:
    bench = open_bench(TOY)
    return bench.run(Case(bench.families[1], 1))


def saying(got: Simulated, subject: str, message: str, check: str = "once", verdict: str = "INVALID") -> Simulated:
    """The simulation with one finding."""
    return replace(got, results=[CheckResult(check, Verdict(verdict), "", (Finding(subject, message),))])


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("was paid for twice", "was paid for twice"),
        ("booked 3 times, 12.50 s after INV-0007/1", "booked # times, # s after #"),
        ("leaves out PAY-1, PAY-2 and PAY-3, which came", "leaves out #, which came"),
        ("is 2026-01-01T00:00:01+00:00, the oracle says '1.00'", "is #, the oracle says '#'"),
        ("still running (sent)", "still running (sent)"),
    ],
)
def test_numbers_and_ids_are_left_out(text: str, left: str) -> None:
    assert plain(text) == left


def test_it_is_the_same_with_other_numbers(valid: Simulated) -> None:
    complaint = complaint_of(saying(valid, "a", "paid 2 times"))

    assert complains_of(saying(valid, "a", "paid 3 times"), complaint)


def test_it_is_another_one_about_another_subject_or_thing_or_of_another_check(valid: Simulated) -> None:
    complaint = complaint_of(saying(valid, "a", "paid 2 times"))

    assert not complains_of(saying(valid, "b", "paid 2 times"), complaint)
    assert not complains_of(saying(valid, "a", "never paid"), complaint)
    assert not complains_of(saying(valid, "a", "paid 2 times", check="books"), complaint)


def test_a_subject_that_only_the_run_names_may_have_another_number(valid: Simulated) -> None:
    complaint = complaint_of(saying(valid, "effect-7", "was lost"))

    assert complains_of(saying(valid, "effect-2", "was lost"), complaint)
    assert not complains_of(saying(valid, "a", "was lost"), complaint)


def test_a_subject_may_say_more_than_what_customers_call_it(valid: Simulated) -> None:
    complaint = complaint_of(saying(valid, "receipt 1 of a/1", "was lost"))

    assert not complains_of(saying(valid, "receipt 1 of b/1", "was lost"), complaint)


def test_what_could_not_be_judged_says_nothing(valid: Simulated) -> None:
    complaint = complaint_of(saying(valid, "a", "paid 2 times"))

    assert not complains_of(saying(valid, "a", "paid 2 times", verdict="UNKNOWN"), complaint)
    with pytest.raises(ValueError, match="seed 1 of careful: no check says INVALID"):
        complaint_of(valid)


def test_a_check_that_finds_nothing_is_known_by_its_summary(valid: Simulated) -> None:
    def summed(summary: str) -> Simulated:
        return replace(valid, results=[CheckResult("sum", Verdict.INVALID, summary)])

    complaint = complaint_of(summed("3 are left over"))

    assert complains_of(summed("4 are left over"), complaint)
    assert not complains_of(summed("4 are missing"), complaint)
