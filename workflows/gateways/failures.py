"""One request to another service over HTTP, and what its failure means to an activity: try again, or never."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import httpx
from temporalio.exceptions import ApplicationError

TIMEOUT = httpx.Timeout(15.0, connect=5.0)
"""Seconds; well below the activity's start-to-close time-out."""

_TRY_AGAIN = frozenset({408, 409, 429})
"""Client errors that mean "not now": time-out, in flight, too many requests."""

NO_HEADERS: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True)
class Failures:
    """The names of what can go wrong with one service.

    :param refused: the error type of an answer that no repetition changes.
    :param unavailable: the error type when another attempt may succeed.
    """

    refused: str
    unavailable: str

    async def post(
        self,
        http: httpx.AsyncClient,
        path: str,
        body: Mapping[str, Any],
        *,
        what: str,
        headers: Mapping[str, str] = NO_HEADERS,
        done: int = httpx.codes.OK,
    ) -> httpx.Response:
        """Post a body and return the answer.

        :param http: the client, with the service as its base URL.
        :param what: what is asked for in words, for the error.
        :param done: the status of success.
        :raises ApplicationError: not retryable when the service refuses, retryable when another attempt may succeed.
        """
        try:
            answer = await http.post(path, json=body, headers=headers, timeout=TIMEOUT)
        except httpx.TransportError as error:
            raise self._unavailable(what, f"{type(error).__name__} {error}") from error
        if answer.status_code == done:
            return answer
        if 400 <= answer.status_code < 500 and answer.status_code not in _TRY_AGAIN:
            raise ApplicationError(
                f"{what} was refused ({answer.status_code}): {answer.text[:500]}", type=self.refused, non_retryable=True
            )
        raise self._unavailable(what, f"status {answer.status_code}: {answer.text[:200]}")

    def no_sense(self, what: str, why: str, answer: httpx.Response) -> ApplicationError:
        """The error of an answer that says it succeeded and cannot be understood; another attempt may succeed."""
        return self._unavailable(what, f"{why}: {answer.text[:200]!r}")

    def _unavailable(self, what: str, why: str) -> ApplicationError:
        return ApplicationError(f"{what} was not done: {why}", type=self.unavailable)
