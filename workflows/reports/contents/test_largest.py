"""The largest lines are found without keeping the others, and no currency crowds out another."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from workflows.reports.contents.largest import largest_outstanding
from workflows.reports.contents.testing_lines import line


@given(st.lists(st.integers(-5, 50), max_size=60), st.integers(1, 8))
def test_the_largest_first_and_equal_ones_by_their_ids(totals: list[int], most: int) -> None:
    lines = [line(f"INV-{number:03}", str(total)) for number, total in enumerate(totals)]
    found = largest_outstanding(iter(lines), most)
    owed = sorted((-total, f"INV-{number:03}") for number, total in enumerate(totals) if total > 0)
    assert [(-int(each.outstanding.amount), each.invoice_id) for each in found.lines] == owed[:most]
    assert found.of_count == len(owed)


def test_currencies_take_turns_and_leave_each_other_what_they_do_not_need() -> None:
    lines = [line(f"J{number}", str(9000 + number), currency="JPY") for number in range(9)]
    lines += [line(f"K{number}", str(1 + number), currency="KWD") for number in range(2)]
    found = largest_outstanding(lines, 6)
    assert [each.invoice_id for each in found.lines] == ["J8", "J7", "J6", "J5", "K1", "K0"]
    assert found.of_count == 11
