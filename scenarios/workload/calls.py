"""The single calls of the workload, each with the outcome that its answer stands for.

A time-out or a broken connection on a write is UNKNOWN: it may have happened. Only an answer that says so is FAIL.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import httpx

from harness.record import Outcome
from harness.site import Caller
from harness.workload import Answer


async def call(caller: Caller, method: str, url: str, **options: Any) -> Answer:
    """Send one request. 2xx is OK; 408, 429 and 5xx are UNKNOWN, as is no answer; any other status is FAIL."""
    try:
        response = await caller.http.request(method, url, **options)
    except httpx.HTTPError as error:
        return Answer(Outcome.UNKNOWN, {"error": repr(error)})
    detail = {"status": response.status_code, **_body(response)}
    if response.is_success:
        return Answer(Outcome.OK, detail)
    again = response.status_code in (408, 429) or response.status_code >= 500
    return Answer(Outcome.UNKNOWN if again else Outcome.FAIL, detail)


def _body(response: httpx.Response) -> Mapping[str, Any]:
    try:
        body = response.json()
    except ValueError:
        return {"body": response.text[:500]}
    return body if isinstance(body, dict) else {"body": body}
