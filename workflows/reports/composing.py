"""Makes the files of a report out of its rows, which are read once for the sums and once for each file.

What is in memory is one page of rows, the sums, and the finished files; never the lines.
"""

from __future__ import annotations

from dataclasses import dataclass

from workflows.reports.contents.figures import summed
from workflows.reports.messages import Composition
from workflows.reports.model import Summary
from workflows.reports.ports import Contents, Gathering


class RowsMissing(LookupError):
    """Rows of a source are gone that were there when it had been read: the report would say less than it should."""


@dataclass(frozen=True)
class Composed:
    """A report before it is archived."""

    summary: Summary
    pdf: bytes
    workbook: bytes


def composed(composition: Composition, gathering: Gathering, contents: Contents) -> Composed:
    """Compose a report. Blocks; not for the event loop.

    :raises RowsMissing: not everything that was gathered is there.
    """
    report, counts = composition.report, gathering.row_counts()
    for each in composition.gathered:
        there = counts.get(each.source, 0)
        # More may be there by now: an attempt that was taken for dead goes on, and finds invoices that came meanwhile.
        if there < each.row_count:
            told = f"report {report.report_id} has {there} rows of {each.source}; {each.row_count} were read"
            raise RowsMissing(f"{told}. Restore the table report_rows, or ask for a report with a new id")
    summary = summed(report.report_id, report.as_of, gathering.lines(), gathering.balances())
    pdf = contents.render(summary, gathering.lines())
    return Composed(summary, pdf, contents.workbook(summary, gathering.lines()))
