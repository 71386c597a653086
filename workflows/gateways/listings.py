"""Statements of accounting and settlements of the payment provider, page by page over HTTP. They change nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

import httpx

from workflows.gateways.failures import Failures
from workflows.gateways.ports import BookedEntry, Entry, EntryPage, Posting, Settlement, SettlementPage
from workflows.kit.money import Money

ACCOUNTING = Failures("AccountingRefused", "AccountingUnavailable")
PAYMENTS = Failures("PaymentsRefused", "PaymentsUnavailable")

Item = TypeVar("Item")


@dataclass(frozen=True)
class HttpStatements:
    """Lists what accounting has booked.

    :param http: the one client of this process, with the service as its base URL.
    """

    http: httpx.AsyncClient

    async def entries(self, *, as_of: datetime, after: str | None, limit: int) -> EntryPage:
        """Return one page.

        :raises ApplicationError: not retryable and of type ``AccountingRefused`` when accounting refuses to tell;
            retryable and of type ``AccountingUnavailable`` when another attempt may succeed.
        """
        page = _page(as_of, after, limit)
        return EntryPage(*await _listed(self.http, ACCOUNTING, "/statement", page, "entries", _booked))


@dataclass(frozen=True)
class HttpSettlements:
    """Lists what the payment provider has received and given back.

    :param http: the one client of this process, with the provider as its base URL.
    """

    http: httpx.AsyncClient

    async def settlements(self, *, as_of: datetime, after: str | None, limit: int) -> SettlementPage:
        """Return one page.

        :raises ApplicationError: not retryable and of type ``PaymentsRefused`` when the provider refuses to tell;
            retryable and of type ``PaymentsUnavailable`` when another attempt may succeed.
        """
        page = _page(as_of, after, limit)
        return SettlementPage(*await _listed(self.http, PAYMENTS, "/settlements", page, "settlements", _settlement))


def _page(as_of: datetime, after: str | None, limit: int) -> Mapping[str, Any]:
    return {"as_of": as_of.isoformat(), "after": after, "limit": limit}


async def _listed(
    http: httpx.AsyncClient,
    failures: Failures,
    path: str,
    page: Mapping[str, Any],
    items: str,
    item_of: Callable[[Mapping[str, Any]], Item],
) -> tuple[tuple[Item, ...], str | None]:
    what = f"listing {items} until {page['as_of']}, after {page['after']},"
    answer = await failures.post(http, path, page, what=what)
    try:
        told = answer.json()
        after = told["after"]
        if after is not None and not isinstance(after, str):
            raise TypeError(after)
        return tuple(item_of(each) for each in told[items]), after
    except (ValueError, KeyError, TypeError, IndexError, AttributeError, ArithmeticError) as error:
        raise failures.no_sense(what, f"an answer that is no page of {items} ({error!r})", answer) from error


def _booked(told: Mapping[str, Any]) -> BookedEntry:
    currency = told["currency"]
    postings = tuple(
        Posting(line["account"], Money.parse(line["debit"], currency), Money.parse(line["credit"], currency))
        for line in told["lines"]
    )
    entry = Entry(told["reference"], told["kind"], told["memo"], postings)
    return BookedEntry(told["entry_id"], entry, _instant(told["booked_at"]))


def _settlement(told: Mapping[str, Any]) -> Settlement:
    amount = Money.parse(told["amount"], told["currency"])
    return Settlement(told["kind"], told["payment_id"], told["invoice_id"], amount, _instant(told["at"]))


def _instant(text: str) -> datetime:
    at = datetime.fromisoformat(text)
    if at.tzinfo is None:
        raise ValueError(f"an instant without a zone: {text}")
    return at
