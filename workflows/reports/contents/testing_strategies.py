"""Any lines of reports, for Hypothesis."""

from __future__ import annotations

from datetime import UTC, datetime

from hypothesis import strategies as st

from workflows.kit.money import LARGEST_MINOR_UNITS, MINOR_DIGITS, Money
from workflows.reports.contents.testing_lines import AMOUNTS
from workflows.reports.model import ReportLine

MOST_LINES = 8
_LARGEST_EACH = LARGEST_MINOR_UNITS // (4 * MOST_LINES)
# Such that sums of all of them, and what is outstanding, are amounts of money as well.

_instants = st.datetimes(datetime(1990, 1, 1), datetime(2090, 1, 1), timezones=st.just(UTC))
texts = st.one_of(
    st.text(max_size=40),
    st.sampled_from(["شركة نور الرياض", "=1+1", "<r><t>x</t></r>", "_x0041_", "\x00\ufffe\u202e", "@A1", "😀 & <b>"]),
)


@st.composite
def report_lines(draw: st.DrawFn) -> ReportLine:
    """Amounts of any sign in any currency, hostile names, known and unknown invoices."""
    currency = draw(st.sampled_from(list(MINOR_DIGITS)))
    units = st.integers(-_LARGEST_EACH, _LARGEST_EACH) | st.integers(-200, 200)
    amounts = {name: Money.of_minor_units(draw(units), currency) for name in AMOUNTS}
    known = draw(st.booleans())
    invoice_id, customer = draw(st.text("INV-0123456789", min_size=1, max_size=12)), draw(texts) if known else None
    issued_at, due_at = (draw(_instants), draw(_instants)) if known else (None, None)
    return ReportLine(invoice_id, customer, issued_at, due_at, **amounts)


many_lines = st.lists(report_lines(), max_size=MOST_LINES)
