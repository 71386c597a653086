"""A load test against a real Temporal server: its visibility counts what we count, over two processes."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from temporalio import workflow
from temporalio.worker import UnsandboxedWorkflowRunner, Worker

from harness.load.measure.measurements import Kind
from harness.load.testing_runs import on_port, run
from harness.stack.client import connect_client

pytestmark = pytest.mark.long

SECONDS = 4


@workflow.defn(name="Simple")
class Simple:
    @workflow.run
    async def run(self, number: int) -> int:
        return number


async def test_the_server_counts_what_we_count(temporal_address: str, tmp_path: Path) -> None:
    client = await connect_client(temporal_address)
    options = ("--temporal-address", temporal_address, "--processes", "2", *on_port(), "-u", "4", "-r", "10")
    limits = ("-t", f"{SECONDS}s", "--think-seconds", "0.2", "--thresholds", "count>=4,errors<0.1%")
    worker = Worker(client, task_queue="simple", workflows=[Simple], workflow_runner=UnsandboxedWorkflowRunner())
    async with worker:
        done = await asyncio.to_thread(run, tmp_path, "harness/load/testing_simple.py", (*options, *limits))
    assert done.code == 0, done.output
    assert done.written is not None
    [start], [completion] = done.rows(Kind.START), done.rows(Kind.COMPLETION)
    assert done.written["server"] == {"Completed": start.succeeded}
    assert completion.succeeded == start.succeeded > 0
    assert done.written["lasted_seconds"] >= SECONDS - 0.5
