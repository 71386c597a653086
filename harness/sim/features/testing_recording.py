"""Drives every feature on a real server and keeps what came of it (``python -m`` this module with its address)."""

from __future__ import annotations

import asyncio
import concurrent.futures
import json
import sys
import uuid
from collections.abc import Collection
from datetime import timedelta
from pathlib import Path
from typing import Any

from temporalio.client import Client
from temporalio.worker import UnsandboxedWorkflowRunner, Worker

from harness.sim.features.testing_acts import ALL
from harness.sim.features.testing_compare import UUID, shapes
from harness.sim.features.testing_features import FEATURES, FLOWS, QUEUE
from harness.sim.features.testing_simulating import OFTEN

AT_ONCE = 8
PATIENCE_SECONDS = 120
AFTERWARDS_SECONDS = 3
"""Until children have heard of their parent's end."""


async def recorded(client: Client, names: Collection[str] = FEATURES) -> dict[str, dict[str, Any]]:
    """Feature → what its caller said and the shapes of its histories."""
    suffix, room = uuid.uuid4().hex[:8], asyncio.Semaphore(AT_ONCE)
    said: dict[str, str] = {}

    async def drive(name: str) -> None:
        async with room:
            said[name] = await asyncio.wait_for(FEATURES[name](client, f"{name}-{suffix}"), PATIENCE_SECONDS)

    worker = Worker(
        client,
        task_queue=QUEUE,
        workflows=FLOWS,
        activities=ALL,
        workflow_runner=UnsandboxedWorkflowRunner(),
        activity_executor=concurrent.futures.ThreadPoolExecutor(4),
        graceful_shutdown_timeout=timedelta(0),
        default_heartbeat_throttle_interval=OFTEN,
        max_heartbeat_throttle_interval=OFTEN,
    )
    async with worker:
        async with asyncio.TaskGroup() as group:
            for name in names:
                group.create_task(drive(name))
        await asyncio.sleep(AFTERWARDS_SECONDS)
    return {
        name: {"said": _own(said[name], suffix), "histories": await _histories(client, name, suffix)} for name in names
    }


async def _histories(client: Client, name: str, suffix: str) -> list[list[str]]:
    found = []
    for workflow_id in (f"{name}-{suffix}", f"{name}-{suffix}-child"):
        async for execution in client.list_workflows(f"WorkflowId = '{workflow_id}'"):
            handle = client.get_workflow_handle(workflow_id, run_id=execution.run_id)
            found.append((await handle.fetch_history()).to_json_dict())
    return [[_own(line, suffix) for line in lines] for lines in shapes(found)]


def _own(text: str, suffix: str) -> str:
    return UUID.sub("UUID", text).replace(f"-{suffix}", "")


async def _main(address: str) -> None:
    written = json.dumps(await recorded(await Client.connect(address)), indent=1, sort_keys=True)
    (Path(__file__).parent / "recorded.json").write_text(written + "\n")


if __name__ == "__main__":
    asyncio.run(_main(sys.argv[1]))
