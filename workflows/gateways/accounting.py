"""Accounting over HTTP.

Promise: *exactly once*. Every entry carries an ``Idempotency-Key`` made of the workflow id; the service commits the key
with the entry, replays its answer for the same key (201), refuses another body under it (422) and answers 409 while the
first request is in flight.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import httpx
from temporalio.exceptions import ApplicationError

from workflows.ports import Entry, Posting

TIMEOUT = httpx.Timeout(15.0, connect=5.0)
"""Seconds; well below the activity's start-to-close time-out."""

_TRY_AGAIN = frozenset({408, 409, 429})
"""Client errors that mean "not now": time-out, in flight, too many requests."""


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
        try:
            answer = await self.http.post("/entries", json=_body(entry), headers=headers, timeout=TIMEOUT)
        except httpx.TransportError as error:
            raise _unavailable(entry, f"{type(error).__name__} {error}") from error
        if answer.status_code == httpx.codes.CREATED:
            return _entry_id(answer, entry)
        if 400 <= answer.status_code < 500 and answer.status_code not in _TRY_AGAIN:
            raise ApplicationError(
                f"accounting refused the {entry.kind} entry of {entry.reference} ({answer.status_code}): "
                f"{answer.text[:500]}",
                type="AccountingRefused",
                non_retryable=True,
            )
        raise _unavailable(entry, f"status {answer.status_code}: {answer.text[:200]}")


def _entry_id(answer: httpx.Response, entry: Entry) -> str:
    try:
        return str(answer.json()["entry_id"])
    except (ValueError, KeyError, TypeError) as error:
        raise _unavailable(entry, f"an answer without entry_id: {answer.text[:200]!r}") from error


def _unavailable(entry: Entry, what: str) -> ApplicationError:
    return ApplicationError(
        f"accounting did not book the {entry.kind} entry of {entry.reference}: {what}", type="AccountingUnavailable"
    )


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
