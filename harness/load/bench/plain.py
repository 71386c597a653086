"""The plain client of the bench: an asyncio loop that starts workflows and waits for their ends, and nothing else.

It is what the locustfile beside it (``user``) is held against: the same calls of the same client, as many at a time,
with nothing of locust, of gevent or of our measuring. ``python -m harness.load.bench.plain USERS``.
"""

from __future__ import annotations

import asyncio
import itertools
import os
import sys
import uuid
from datetime import timedelta
from pathlib import Path
from typing import Any

from temporalio.client import Client

from harness.application.connection import connect
from harness.application.contract import load_application
from harness.config import load_config
from harness.load.bench.names import IDS_BEGIN, TASK_QUEUE, WORKFLOW
from harness.load.bench.window import Mark, Window, WindowRequest

RPC_TIMEOUT = timedelta(seconds=60)


async def measured(client: Client, users: int, request: WindowRequest) -> Window:
    """Keep so many workflows under way, and measure; what is under way in the end still ends."""
    ended, over = 0, False

    async def user(name: str) -> None:
        nonlocal ended
        for number in itertools.count():
            if over:
                return
            workflow_id = f"{IDS_BEGIN}{name}-{number}"
            await client.start_workflow(WORKFLOW, 1, id=workflow_id, task_queue=TASK_QUEUE, rpc_timeout=RPC_TIMEOUT)
            await client.get_workflow_handle(workflow_id).result()
            ended += 1

    tag = uuid.uuid4().hex[:8]
    working = asyncio.gather(*(user(f"{tag}-{number}") for number in range(users)))
    await _for(request.warm_seconds, working)
    begin = Mark.now(ended)
    await _for(request.seconds, working)
    end = Mark.now(ended)
    over = True
    await asyncio.wait_for(working, RPC_TIMEOUT.total_seconds())
    return begin.until(end)


async def _for(seconds: float, working: asyncio.Future[Any]) -> None:
    """Let them work so long; what goes wrong meanwhile is raised at once."""
    await asyncio.wait([working], timeout=seconds)
    if working.done():
        working.result()


async def main(users: int) -> None:
    """Measure as the environment says, and write it down."""
    request, app = WindowRequest.from_environment(), load_application(load_config(Path.cwd()).app)
    (await measured(await connect(app, os.environ), users, request)).write(request.file)


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1])))
    # The client's own threads may still hand something back while Python ends, which it ends with an abort then.
    os._exit(0)
