"""Accounting over HTTP.

Promise: *exactly once*. Every entry carries an ``Idempotency-Key`` made of the workflow id; what the service does with
it stands in ``workflows.gateways.keyed_post``.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import httpx

from workflows.gateways.keyed_post import KeyedPost
from workflows.gateways.ports import Entry, Posting

BOOK = KeyedPost("/entries", id_field="entry_id", refused="AccountingRefused", unavailable="AccountingUnavailable")
WITHDRAW = replace(BOOK, path="/withdrawals")


@dataclass(frozen=True)
class HttpAccounting:
    """Books entries.

    :param http: the one client of this process, with the service as its base URL.
    """

    http: httpx.AsyncClient

    async def book(self, entry: Entry, *, idempotency_key: str) -> str:
        """Book the entry, or find it booked, and return its id.

        :raises ApplicationError: not retryable and of type ``AccountingRefused`` when the service refuses the entry;
            retryable and of type ``AccountingUnavailable`` when another attempt may succeed.
        """
        headers = {"Idempotency-Key": idempotency_key}
        what = f"the {entry.kind} entry of {entry.reference} in accounting"
        return await BOOK.send(self.http, _body(entry), what=what, headers=headers)

    async def withdraw(self, reference: str, *, idempotency_key: str) -> str | None:
        """Stop what is asked for under this key; return the id of the entry when it is booked already.

        :raises ApplicationError: as :meth:`book`; retryable also while the service still works on the booking.
        """
        headers = {"Idempotency-Key": idempotency_key}
        what = f"the withdrawal of {idempotency_key} in accounting"
        entry_id = await WITHDRAW.ask(self.http, {"reference": reference}, what=what, headers=headers)
        return None if entry_id is None else str(entry_id)


def _body(entry: Entry) -> dict[str, Any]:
    return {
        "reference": entry.reference,
        "kind": entry.kind,
        "memo": entry.memo,
        "currency": entry.postings[0].debit.currency,
        "lines": [_line(posting) for posting in entry.postings],
    }


def _line(posting: Posting) -> dict[str, str]:
    return {
        "account": posting.account,
        "debit": f"{posting.debit.amount:f}",
        "credit": f"{posting.credit.amount:f}",
    }
