"""Whether a worker of this host takes tasks: ``python -m workflows.polling``, the health check of a worker's container.

It asks the server who polls the task queues, because a process that runs may have lost its connection for good. Exits
with 0 when somebody of this host polls each queue, and with 1, saying why, otherwise.
"""

from __future__ import annotations

import asyncio
import socket
import sys
from datetime import UTC, datetime, timedelta

from temporalio.api.enums.v1 import TaskQueueType
from temporalio.api.taskqueue.v1 import TaskQueue
from temporalio.api.workflowservice.v1 import DescribeTaskQueueRequest, DescribeTaskQueueResponse
from temporalio.client import Client
from temporalio.service import RPCError

from workflows.app import app
from workflows.kit.client import connect
from workflows.kit.settings import SettingsError, read_settings

POLLED_WITHIN = timedelta(seconds=75)
"""A poll that finds nothing to do comes back after a minute."""
TIMEOUT = timedelta(seconds=10)


def polls(queue: DescribeTaskQueueResponse, host: str, now: datetime) -> bool:
    """Whether a worker of this host has polled the queue lately. An SDK's worker is called ``PID@HOST``."""
    return any(
        poller.identity.endswith(f"@{host}") and now - poller.last_access_time.ToDatetime(tzinfo=UTC) <= POLLED_WITHIN
        for poller in queue.pollers
    )


async def unpolled(client: Client, queues: list[str], host: str) -> list[str]:
    """The queues that nobody of this host polls.

    :raises RPCError: the server does not say.
    """
    without = []
    for name in queues:
        question = DescribeTaskQueueRequest(
            namespace=client.namespace,
            task_queue=TaskQueue(name=name),
            task_queue_type=TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW,
        )
        answer = await client.workflow_service.describe_task_queue(question, timeout=TIMEOUT)
        if not polls(answer, host, datetime.now(UTC)):
            without.append(name)
    return without


async def _check() -> str | None:
    """What is wrong, if anything."""
    try:
        settings = read_settings()
        client = await connect(settings)
        queues = [settings.task_queue] if settings.task_queue else list(app.queues)
        without = await unpolled(client, queues, socket.gethostname())
    except (SettingsError, RPCError, RuntimeError) as error:
        return str(error)
    return f"no worker of this host polls {', '.join(without)}" if without else None


def main() -> int:
    """Entry point."""
    wrong = asyncio.run(_check())
    if wrong:
        print(wrong, file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
