"""One effect over HTTP that must happen exactly once, however often it is asked for.

Stands between the gateways and the wire. The receiver commits the ``Idempotency-Key`` with the effect, replays its
answer for the same key (201), refuses another body under it (422) and answers 409 while the first request is in flight.
This module only asks and says what the answer means; making the key is the caller's part.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import httpx

from workflows.gateways.failures import Failures


@dataclass(frozen=True)
class KeyedPost:
    """A kind of effect: where it is asked for and how its failures are called.

    :param path: of the collection that gains a member, such as ``/entries``.
    :param id_field: the member of the answer that names what was made.
    :param refused: the error type of an answer that no repetition changes.
    :param unavailable: the error type when another attempt may succeed.
    """

    path: str
    id_field: str
    refused: str
    unavailable: str

    async def send(
        self, http: httpx.AsyncClient, body: Mapping[str, Any], *, what: str, headers: Mapping[str, str]
    ) -> str:
        """Ask for the effect, or find it done, and return the id of what was made; see :meth:`ask`."""
        return str(await self.ask(http, body, what=what, headers=headers))

    async def ask(
        self, http: httpx.AsyncClient, body: Mapping[str, Any], *, what: str, headers: Mapping[str, str]
    ) -> Any:
        """Ask for the effect, or find it done, and return the id that the answer holds, which may be null.

        :param http: the client, with the service as its base URL.
        :param what: the effect in words, for the error.
        :param headers: with the ``Idempotency-Key``.
        :raises ApplicationError: not retryable when the receiver refuses the effect, retryable when another attempt
            may succeed.
        """
        failures = Failures(self.refused, self.unavailable)
        answer = await failures.post(http, self.path, body, what=what, headers=headers, done=httpx.codes.CREATED)
        try:
            return answer.json()[self.id_field]
        except (ValueError, KeyError, TypeError) as error:
            raise failures.no_sense(what, f"an answer without {self.id_field}", answer) from error
