"""`assay run --stack external` from outside: refused before anything starts, or tried beside other people's work."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from temporalio.client import WorkflowExecutionStatus
from temporalio.service import RPCError

from harness.cli.testing_project import write_project
from harness.record.reader import read_record
from harness.stack.client import open_client

PROJECT = Path(__file__).parents[2]
KEY = "key-that-nobody-may-see"
BREAKS_THE_SERVER = """\
class Planted:
    def describe(self):
        return [{"fault_id": "strike", "kind": "process-kill", "parameters": {"process": "temporal"}}]
    async def prepare(self, site): ...
    async def run(self, site): ...
    async def heal(self, site): ...
"""


def assay(project: Path, *arguments: str, **temporal: str) -> subprocess.CompletedProcess[str]:
    """Run the command as somebody whose settings for Temporal are these and no others."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("TEMPORAL_")}
    environment = {**clean, "PYTHONPATH": str(project), "TEMPORAL_CONFIG_FILE": os.devnull, **temporal}
    command = [sys.executable, "-m", "harness.cli", *arguments]
    return subprocess.run(command, cwd=project, env=environment, capture_output=True, text=True)


def test_a_cluster_that_nobody_named_is_refused(tmp_path: Path) -> None:
    done = assay(write_project(tmp_path, stacks=("dev", "external")), "run", "orders", "--stack", "external")
    assert done.returncode == 2, done.stderr
    assert "nothing names it: set TEMPORAL_ADDRESS" in done.stderr
    assert not (tmp_path / "runs").exists()


def test_a_plan_that_would_break_the_server_is_refused_by_name(tmp_path: Path) -> None:
    project = write_project(tmp_path, stacks=("dev", "external"), nemesis=BREAKS_THE_SERVER)
    done = assay(project, "run", "orders", "--stack", "external", TEMPORAL_ADDRESS="127.0.0.1:1")
    assert done.returncode == 2, done.stderr
    assert "strike breaks the process temporal" in done.stderr
    assert "`assay run orders --stack dev`" in done.stderr
    assert not (tmp_path / "runs").exists()


def test_nobody_brings_up_what_is_somebody_elses(tmp_path: Path) -> None:
    done = assay(write_project(tmp_path), "up", "--stack", "external")
    assert done.returncode == 2
    assert "'dev', 'full'" in done.stderr


@pytest.mark.nightly
@pytest.mark.xdist_group("claims")
@pytest.mark.timeout(300)
async def test_workers_are_killed_beside_other_peoples_work(temporal_address: str) -> None:
    theirs = await open_client(temporal_address)
    # The same id and the same queue as one of ours: only the namespace keeps them apart.
    handle = await theirs.start_workflow("InvoiceProcessing", id="invoice-INV-0001", task_queue="traf3li-invoices")
    settings = {"TEMPORAL_ADDRESS": temporal_address, "TEMPORAL_TLS": "false", "TEMPORAL_API_KEY": KEY}
    done = assay(PROJECT, "run", "worker-killed", "--stack", "external", "--seed", "1", **settings)
    assert done.returncode == 0, done.stdout + done.stderr
    folder = (PROJECT / "runs" / "latest").resolve()
    record = read_record(folder)
    assert record.run.stack == "external"
    namespace = str(record.run.parameters["namespace"])
    assert namespace.startswith("assay-")
    with pytest.raises(RPCError):
        await (await open_client(temporal_address, namespace=namespace)).count_workflows("")
    description = await handle.describe()
    assert description.status is WorkflowExecutionStatus.RUNNING
    assert description.history_length == 2, "started and waiting, touched by nobody"
    await handle.terminate()
    written = [file for file in folder.rglob("*") if file.is_file()]
    assert [file.name for file in written if KEY.encode() in file.read_bytes()] == []
    assert KEY not in done.stdout + done.stderr
