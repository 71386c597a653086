"""What an endpoint of any family needs of a request: its body up to a limit, and no endless wait for Temporal."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.requests import Request
from temporalio.client import RPCTimeoutOrCancelledError

from workflows.kit.problems import Problem, not_now


@asynccontextmanager
async def asking_temporal(wait_seconds: float) -> AsyncIterator[None]:
    """Bound everything that is asked of Temporal inside.

    :param wait_seconds: how long the caller waits, all calls together.
    :raises Problem: 503 when it takes too long, or when the lazy client cannot connect.
    """
    try:
        async with asyncio.timeout(wait_seconds):
            yield
    except (TimeoutError, RPCTimeoutOrCancelledError) as error:
        raise not_now(f"it is not done after {wait_seconds:g} s and may yet be; ask again") from error
    except RuntimeError as error:
        # The SDK has no error type of its own for a connection that could not be made.
        if not str(error).startswith("Failed client connect"):
            raise
        raise not_now("Temporal cannot be reached; ask again") from error


async def bounded_body(request: Request, *, most_bytes: int) -> bytes:
    """The body, read no further than the limit. :raises Problem: 413 beyond it."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > most_bytes:
            raise Problem(413, "too-large", f"the body is larger than {most_bytes} bytes")
    return bytes(body)
