"""The worst wins, and nothing checked is nothing proved."""

import itertools

from hypothesis import given
from hypothesis import strategies as st

from harness.verdict import Verdict, counted, worst


def test_nothing_checked_is_unknown() -> None:
    assert worst([]) is Verdict.UNKNOWN


@given(st.lists(st.sampled_from(Verdict), min_size=1))
def test_the_worst_wins_in_any_order(verdicts: list[Verdict]) -> None:
    expected = next(v for v in (Verdict.INVALID, Verdict.UNKNOWN, Verdict.VALID) if v in verdicts)
    assert worst(verdicts) is expected


def test_exit_codes_are_those_of_the_design() -> None:
    assert {v.name: v.exit_code for v in Verdict} == {"VALID": 0, "UNKNOWN": 4, "INVALID": 1}
    assert all(a.badness != b.badness for a, b in itertools.combinations(Verdict, 2))


def test_a_number_agrees_with_its_words() -> None:
    said = [counted(number, "entry is", "entries are") for number in (0, 1, 2)]
    assert said == ["0 entries are", "1 entry is", "2 entries are"]
