"""The stack `dev` as it is brought up: its server shows what it did and what waits in it."""

from __future__ import annotations

import uuid
from pathlib import Path

import httpx

from harness.poll import eventually
from harness.record.journal import FileJournal
from harness.stack.client import connect_client
from harness.stack.dev import SERVER, DevServer, dev_stack_up
from harness.stack.endpoints import StackRequest
from harness.stack.metrics import read_metrics, total
from harness.stack.processes.ports import FixedPorts
from harness.stack.processes.process import Processes
from harness.stack.processes.restart import Singles
from harness.stack.processes.watchdog import Watchdog
from harness.stack.state import ports_of

# Without dashes: the server writes them as underscores in its labels.
QUEUE = "nobody"
TRANSITIONS, BACKLOG = "state_transition_count_count", "approximate_backlog_count"


async def test_the_servers_metrics_tell_its_transitions_and_within_seconds_its_backlog(tmp_path: Path) -> None:
    run_id = f"tests-{uuid.uuid4().hex}"
    processes = Processes(run_id, tmp_path / "logs", FileJournal(tmp_path / "journal.jsonl", "test"))
    request = StackRequest(processes, Singles(processes), tmp_path, tmp_path, {}, {})
    with Watchdog(run_id):
        try:
            async with dev_stack_up(request) as ends, httpx.AsyncClient(trust_env=False) as http:
                client = await connect_client(ends.frontend)
                await client.start_workflow("Waiting", id="waiting", task_queue=QUEUE)
                url = ends.shown[f"{SERVER} metrics"]

                async def waits() -> bool:
                    samples = await read_metrics(http, url, TRANSITIONS, BACKLOG)
                    begun = total(samples, TRANSITIONS, namespace="default")
                    return begun == total(samples, BACKLOG, taskqueue=QUEUE) == 1

                await eventually(waits, what="a transition and a task in the backlog", timeout_seconds=60)
        finally:
            await processes.stop_all(grace_seconds=10.0)


def test_a_stack_by_hand_wants_the_port_of_its_servers_metrics() -> None:
    assert ports_of("dev")[FixedPorts().metrics] == "metrics of Temporal"
    assert ports_of("full")[FixedPorts().metrics] == "metrics of Temporal's frontend"


def test_a_server_in_memory_is_given_no_file() -> None:
    assert not {"--db-filename", "--sqlite-pragma"} & set(DevServer(7233, None, {}).command())
