"""One try of a webhook over HTTP."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass

import httpx

from scenarios.world.providers.deliverer import Heard

TRY_TIMEOUT_SECONDS = 10.0


@dataclass(frozen=True)
class HttpWebhook:
    """Sends tries to one address.

    :param client: with the time-out of one try; closing it is the caller's business.
    """

    client: httpx.AsyncClient
    url: str

    async def __call__(self, body: bytes, headers: Mapping[str, str]) -> Heard:
        """Send one, and return what came back in time."""
        try:
            async with asyncio.timeout(TRY_TIMEOUT_SECONDS):
                response = await self.client.post(self.url, content=body, headers=dict(headers))
        except (httpx.HTTPError, TimeoutError) as error:
            return Heard(None, error=repr(error))
        return Heard(response.status_code, response.content)
