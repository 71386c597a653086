"""What any family's customers do: call the application's API, and let go on what is held."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from typing import Any

import httpx
from temporalio.service import RPCError

from harness.errors import WaitTimeout
from harness.experiment.site import Caller, Site
from harness.experiment.workload import Answer
from harness.poll import eventually
from harness.record.record import Outcome
from workflows.app import app

Call = Callable[[Caller], Awaitable[Answer]]

HELD = 'BusinessStatus="held" AND ExecutionStatus="Running"'

READ_AGAIN_SECONDS = 0.5

RESUMED_WITHIN = timedelta(seconds=20)
"""A server that is away is asked again later; the client would ask for ever."""


async def call(caller: Caller, method: str, url: str, **options: Any) -> Answer:
    """Send one request. 2xx is OK; 408, 429 and 5xx are UNKNOWN, as is no answer; any other status is FAIL."""
    try:
        response = await caller.http.request(method, url, **options)
    except httpx.HTTPError as error:
        return Answer(Outcome.UNKNOWN, {"error": repr(error)})
    detail = {"status": response.status_code, **_body(response)}
    return Answer(outcome_of(response.status_code), detail, response.status_code)


def outcome_of(status: int) -> Outcome:
    """What an HTTP status says of a request."""
    if 200 <= status < 300:
        return Outcome.OK
    return Outcome.UNKNOWN if status in (408, 429) or status >= 500 else Outcome.FAIL


def _body(response: httpx.Response) -> Mapping[str, Any]:
    try:
        body = response.json()
    except ValueError:
        return {"body": response.text[:500]}
    return body if isinstance(body, dict) else {"body": body}


async def until_answered(caller: Caller, path: str, *, within_seconds: float) -> Answer:
    """Read what the API shows, again and again until it answers: a connection may be closed just as it is used.

    What was waited for in vain is written into the journal; the answer is UNKNOWN then.
    """
    last = Answer(Outcome.UNKNOWN)

    async def answered() -> bool:
        nonlocal last
        last = await call(caller, "GET", f"{api_url(caller)}{path}")
        return last.outcome is not Outcome.UNKNOWN

    try:
        await eventually(
            answered,
            what=f"the API to answer GET {path}",
            timeout_seconds=within_seconds,
            interval_seconds=READ_AGAIN_SECONDS,
        )
    except WaitTimeout as error:
        caller.journal.write("unanswered", path=path, error=str(error), detail=dict(last.detail))
    return last


def api_url(caller: Caller) -> str:
    """Where the application's API is."""
    return f"http://{caller.environment['TRAF3LI_API_ADDRESS']}"


async def resume_held(site: Site) -> None:
    """Let every workflow that is held go on; one that has gone on meanwhile is fine, one that is silent comes again.

    So is a server that does not list them: it is asked again.
    """
    try:
        held = [each async for each in site.client.list_workflows(HELD)]
    except RPCError as error:
        site.journal.write("resume-failed", error=repr(error))
        return
    for execution in held:
        try:
            workflow = site.client.get_workflow_handle(execution.id)
            await workflow.signal("resume", rpc_timeout=RESUMED_WITHIN)
            site.journal.write("resumed", workflow_id=execution.id, subject=app.subject_of(execution.id))
        except RPCError as error:
            site.journal.write("resume-failed", workflow_id=execution.id, error=repr(error))
