"""A load test on a real dev server with a real worker finds in their own metrics what it did to them."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from temporalio.client import Client
from temporalio.runtime import PrometheusConfig, Runtime, TelemetryConfig
from temporalio.worker import UnsandboxedWorkflowRunner, Worker

from harness.load.measure.measurements import Kind
from harness.load.test_on_a_server import Simple
from harness.load.testing_runs import on_port, run, watched
from harness.record.journal import FileJournal
from harness.stack.dev import DevServer, start_dev_server
from harness.stack.processes.ports import free_ports
from harness.stack.processes.process import Processes

pytestmark = pytest.mark.long

SECONDS = 6
MOST_CONCURRENT = 7


async def test_transitions_slots_and_waits_are_those_of_the_load(tmp_path: Path) -> None:
    port, server_metrics, worker_metrics = free_ports(3)
    processes = Processes(watched(), tmp_path / "logs", FileJournal(tmp_path / "journal.jsonl", "test"))
    server = DevServer(port, tmp_path / "temporal.db", {}, metrics_port=server_metrics)
    metrics = PrometheusConfig(bind_address=f"127.0.0.1:{worker_metrics}", durations_as_seconds=True)
    try:
        await start_dev_server(server, processes, folder=tmp_path)
        client = await Client.connect(server.address, runtime=Runtime(telemetry=TelemetryConfig(metrics=metrics)))
        worker = Worker(
            client,
            task_queue="simple",
            workflows=[Simple],
            workflow_runner=UnsandboxedWorkflowRunner(),
            max_concurrent_workflow_tasks=MOST_CONCURRENT,
        )
        urls = f"temporal=http://127.0.0.1:{server_metrics}/metrics,worker-1=http://127.0.0.1:{worker_metrics}/metrics"
        options = ("--temporal-address", server.address, *on_port(), "-u", "4", "-r", "10", "-t", f"{SECONDS}s")
        limits = ("--think-seconds", "0.2", "--metrics", f"{urls},wrong=http://127.0.0.1:1/metrics")
        async with worker:
            done = await asyncio.to_thread(run, tmp_path, "harness/load/testing_simple.py", (*options, *limits))
    finally:
        await processes.stop_all(grace_seconds=10.0)
    assert done.code == 0, done.output
    assert done.written is not None
    inside = done.written["inside"]
    [completion] = done.rows(Kind.COMPLETION)
    # Started, its task begun, its task and with it the workflow completed: three transitions of each.
    assert 0 < inside["transitions"]["count"] <= 3 * completion.succeeded
    assert inside["transitions"]["mean_per_second"] > 0
    assert 0 < inside["waits"]["workflow task"]["count"] <= completion.succeeded
    parts = {part["name"]: part for part in inside["parts"]}
    assert parts["worker-1"]["slots"]["WorkflowWorker"]["of"] == MOST_CONCURRENT
    assert parts["worker-1"]["pollers"]["workflow_task"] >= 1
    # A busy machine may miss one of them.
    assert all(parts[name]["answered"] > parts[name]["missed"] for name in ("worker-1", "temporal"))
    assert list(inside["silent"]) == ["wrong"]
    assert "state transitions/s" in done.output
    assert "wrong never answered: http://127.0.0.1:1/metrics" in done.output
    assert "Inside the system" in (done.folder / "report.html").read_text(encoding="utf-8")
