"""Which lines a report shows where it cannot show all: those with the most outstanding.

Amounts of different currencies are not compared, for nobody here knows an exchange rate: each currency has its own
order, and the currencies take turns, the largest of each first.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import zip_longest

from workflows.reports.model import ReportLine


@dataclass(frozen=True)
class Largest:
    """Some of the lines on which something is outstanding.

    :param lines: by currency, the largest first.
    :param of_count: how many lines have something outstanding.
    """

    lines: tuple[ReportLine, ...]
    of_count: int


def largest_outstanding(lines: Iterable[ReportLine], most: int) -> Largest:
    """Choose at most so many lines, in one pass and in memory for twice as many of each currency."""
    kept: defaultdict[str, list[ReportLine]] = defaultdict(list)
    of_count = 0
    for line in lines:
        if line.outstanding.minor_units > 0:
            of_count += 1
            of_currency = kept[line.total.currency]
            of_currency.append(line)
            if len(of_currency) >= 2 * most:
                of_currency[:] = _by_size(of_currency)[:most]
    ordered = [_by_size(kept[currency]) for currency in sorted(kept)]
    turns = [line for turn in zip_longest(*ordered) for line in turn if line is not None]
    # Sorting keeps the order of equals, which is by size.
    return Largest(tuple(sorted(turns[:most], key=lambda line: line.total.currency)), of_count)


def _by_size(lines: list[ReportLine]) -> list[ReportLine]:
    return sorted(lines, key=lambda line: (-line.outstanding.amount, line.invoice_id))
