"""Puts rows of three sources together: a line for each invoice and currency, a balance for each account. Pure.

Rows come in the order of their references, so what is in memory is one invoice and the line that is made of it.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from operator import itemgetter

from workflows.kit.money import Money
from workflows.reports.messages import Source
from workflows.reports.model import AccountBalance, ReportLine

Told = tuple[str, str, str]
"""Reference, source and content of a row."""

_money = lru_cache(maxsize=4096)(Money.of_minor_units)
"""Most amounts of a line are nothing, and small ones come again."""


@dataclass
class _Amounts:
    """What one invoice comes to in one currency, in minor units."""

    net: int = 0
    vat: int = 0
    total: int = 0
    credited: int = 0
    paid: int = 0
    refunded: int = 0
    with_provider: int = 0


def lines_of(rows: Iterable[Told]) -> Iterator[ReportLine]:
    """The lines in the order of their invoices' ids, then of their currencies.

    :param rows: in the order of their references.
    """
    for invoice_id, about_it in itertools.groupby(rows, key=itemgetter(0)):
        customer: str | None = None
        issued_at: datetime | None = None
        due_at: datetime | None = None
        amounts: dict[str, _Amounts] = {}
        for _, source, content in about_it:
            told = json.loads(content)
            if source == Source.INVOICES:
                customer = told[0]
                issued_at, due_at = (datetime.fromisoformat(each) for each in told[1:])
            elif source == Source.ACCOUNTING:
                _count_entry(amounts, *told)
            else:
                currency, amount = told
                amounts.setdefault(currency, _Amounts()).with_provider += amount
        for currency, counted in sorted(amounts.items()):
            yield _line(invoice_id, customer, issued_at, due_at, currency, counted)


def balances_of(contents: Iterable[str]) -> Sequence[AccountBalance]:
    """By account and currency, in that order.

    :param contents: of accounting's rows, in any order.
    """
    sides: dict[tuple[str, str], list[int]] = {}
    for content in contents:
        _, postings = json.loads(content)
        for account, currency, debit, credit in postings:
            posted = sides.setdefault((account, currency), [0, 0])
            posted[0] += debit
            posted[1] += credit
    return [
        AccountBalance(account, Money.of_minor_units(debit, currency), Money.of_minor_units(credit, currency))
        for (account, currency), (debit, credit) in sorted(sides.items())
    ]


def _count_entry(amounts: dict[str, _Amounts], kind: str, postings: Sequence[tuple[str, str, int, int]]) -> None:
    """Count what an entry says of its invoice; one of another kind says nothing of any."""
    if kind not in ("invoice", "credit-note", "payment", "refund"):
        return
    for account, currency, debit, credit in postings:
        counted = amounts.setdefault(currency, _Amounts())
        posted = debit - credit
        match kind, account:
            case "invoice", "revenue":
                counted.net -= posted
            case "invoice", "vat":
                counted.vat -= posted
            case "invoice", "receivable":
                counted.total += posted
            case "credit-note", "receivable":
                counted.credited -= posted
            case "payment", "receivable":
                counted.paid -= posted
            case "refund", "receivable":
                counted.refunded += posted


def _line(
    invoice_id: str,
    customer: str | None,
    issued_at: datetime | None,
    due_at: datetime | None,
    currency: str,
    counted: _Amounts,
) -> ReportLine:
    return ReportLine(
        invoice_id,
        customer,
        issued_at,
        due_at,
        net=_money(counted.net, currency),
        vat=_money(counted.vat, currency),
        total=_money(counted.total, currency),
        credited=_money(counted.credited, currency),
        paid=_money(counted.paid, currency),
        refunded=_money(counted.refunded, currency),
        with_provider=_money(counted.with_provider, currency),
    )
