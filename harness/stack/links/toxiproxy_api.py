"""The strict transport to one Toxiproxy: every request is bounded, every answer but 2xx raises.

Where it fits: `harness.stack.links.toxiproxy` says what to ask; here it is asked. Nothing is repeated: a request that
ran into its time-out may have been carried out, and only a read-back tells.
"""

from __future__ import annotations

import json
from typing import Any

import httpx

from harness.errors import EnvironmentMissing

CONNECT_TIMEOUT_SECONDS = 2.0
# Toxiproxy's own bound is 25 s, after which it answers 503 with no body. All it does is in memory: what takes longer
# than this is stuck.
TIMEOUT_SECONDS = 10.0


class ToxiproxyError(EnvironmentMissing):
    """Toxiproxy did not do what it was asked, or says that it did not.

    ``asked`` is the request ("PATCH /proxies/postgres"), ``status`` the HTTP status (``None``: no answer came),
    ``body`` what was answered.
    """

    def __init__(self, trouble: str, *, asked: str, status: int | None = None, body: str = "") -> None:
        super().__init__(f"Toxiproxy, asked {asked}: {trouble}")
        self.asked = asked
        self.status = status
        self.body = body


class ToxiproxyApi:
    """The HTTP interface of the Toxiproxy at ``url``. Several, for several servers, live side by side."""

    def __init__(self, url: str, *, timeout_seconds: float = TIMEOUT_SECONDS) -> None:
        self.url = url
        timeout = httpx.Timeout(timeout_seconds, connect=min(CONNECT_TIMEOUT_SECONDS, timeout_seconds))
        # No proxy settings of the environment, and no redirects: what is not Toxiproxy itself must not answer.
        self._client = httpx.AsyncClient(base_url=url, timeout=timeout, trust_env=False, verify=False)

    async def call(self, method: str, path: str, body: object = None) -> Any:
        """Send one request and return the JSON of the answer, ``None`` for an answer without content.

        :param path: starts with a slash; names in it are quoted by the caller.
        :param body: sent as JSON unless it is ``None``.
        :raises ToxiproxyError: no answer in time, a status that is not 2xx, or content that is not JSON.
        """
        asked = f"{method} {self.url}{path}" + (f" {json.dumps(body)}" if body is not None else "")
        try:
            response = await self._client.request(method, path, json=body)
        except httpx.TimeoutException as error:
            trouble = f"no answer in time ({type(error).__name__}); when it stays so, restart that Toxiproxy"
            raise ToxiproxyError(trouble, asked=asked) from error
        except httpx.HTTPError as error:
            raise ToxiproxyError(f"no answer: {error!r}", asked=asked) from error
        if not response.is_success:
            trouble = f"answered {response.status_code}: {response.text.strip() or '(no body)'}"
            raise ToxiproxyError(trouble, asked=asked, status=response.status_code, body=response.text)
        if not response.content:
            return None
        try:
            return response.json()
        except ValueError as error:
            trouble = f"answered {response.status_code} with what is not JSON: {response.text[:200]!r}"
            raise ToxiproxyError(trouble, asked=asked, status=response.status_code, body=response.text) from error

    async def close(self) -> None:
        """Close the connections."""
        await self._client.aclose()
