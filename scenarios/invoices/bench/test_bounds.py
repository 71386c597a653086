"""When the bench of the judging is content, and when it is not."""

from __future__ import annotations

from dataclasses import replace

import pytest

from scenarios.invoices.bench.bounds import MOST_BYTES, MOST_PAGE_BYTES, bounds, table
from scenarios.invoices.bench.measure import JOURNALS, REPORT, Measured, Step


def measured(effects: int, cpu_seconds: float, **changes: object) -> Measured:
    steps = (
        Step(JOURNALS, 1.0, cpu_seconds / 4),
        Step("effects", 2.0, cpu_seconds / 2),
        Step(REPORT, 1.0, cpu_seconds / 4),
    )
    made = Measured(effects, steps, 10**8, 10**5, ())
    return replace(made, **changes)  # type: ignore[arg-type]  # a test's own words


def broken(*found: Measured) -> list[str]:
    return [bound.name for bound in bounds(found) if not bound.met]


def test_time_that_grows_with_the_record_is_fine() -> None:
    assert broken(measured(10_000, 4.0), measured(100_000, 50.0)) == []


def test_an_effect_must_not_cost_more_in_a_larger_record() -> None:
    assert broken(measured(1_000, 0.1), measured(10_000, 4.0), measured(100_000, 53.0)) == ["processor time per effect"]


def test_one_record_alone_says_nothing_of_growth() -> None:
    assert "processor time per effect" not in [bound.name for bound in bounds([measured(10_000, 4.0)])]


@pytest.mark.parametrize(
    ("changes", "bound"),
    [
        ({"steps": (Step(JOURNALS, 0.0, 1.0), Step(REPORT, 61.0, 1.0))}, "all checks and the report"),
        ({"peak_bytes": MOST_BYTES + 1}, "most memory"),
        ({"report_bytes": MOST_PAGE_BYTES + 1}, "the page"),
        ({"faults_found": ("effects: 1 effect was lost",)}, "checks that are not VALID"),
    ],
)
def test_what_is_too_much_is_named(changes: dict[str, object], bound: str) -> None:
    assert broken(measured(10_000, 4.0), measured(100_000, 4.0, **changes)) == [bound]


def test_the_table_has_a_line_for_each_step() -> None:
    lines = table([measured(1_000, 1.0), measured(10_000, 10.0)])
    assert "1,000 effects" in lines[0]
    assert "2.00 s  200 µs each" in lines[2]
    assert [line.split("  ")[2] for line in lines[1:5]] == [JOURNALS, "effects", REPORT, "all together"]
