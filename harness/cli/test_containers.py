"""`assay run` and `assay up` in containers, from outside: verdicts, what a kill leaves, what is missing without Docker.

The containers of one stack by hand take the guide's ports, so these run one after another.
"""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from harness.cli.testing_project import write_project
from harness.errors import EnvironmentMissing
from harness.poll import eventually
from harness.stack.client import connect_client
from harness.stack.containers.engine import FOLDER_LABEL, require_engine
from harness.stack.containers.images import choose_images
from harness.stack.containers.parts import app_image, compose_folder
from harness.stack.containers.sweep import left_at_the_engine
from harness.stack.processes.sweep import processes_of

ROOT = Path(__file__).parents[2]
SLOW_SECONDS = 120.0
REFUSED = """\
Promise: every order is packed
Caught-by: packed
Claim: orders

--- a/shop/app.py
+++ b/shop/app.py
@@ -7,5 +7,6 @@
 async def pack(order: str) -> str:
     await asyncio.sleep(0.0)
-    return f"packed {order}"
+    from temporalio.exceptions import ApplicationError
+    raise ApplicationError("lost", non_retryable=True)
 
 @workflow.defn
"""
needs_docker = [pytest.mark.docker, pytest.mark.xdist_group("docker"), pytest.mark.timeout(600)]


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "harness.cli", *arguments]


def assay(folder: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the command in a project."""
    variables = {**os.environ, "PYTHONPATH": f"{folder}{os.pathsep}{ROOT}", **environment}
    return subprocess.run(command(*arguments), cwd=folder, env=variables, capture_output=True, text=True)


def nothing_left(run_id: str) -> bool:
    """Whether neither a process nor a container, network or volume of the run is there."""
    return not processes_of(run_id) and not any(left_at_the_engine(value=run_id).values())


@pytest.fixture
def engine() -> None:
    """Skips, with what is missing, where there is no engine or no image."""
    try:
        require_engine()
        choose_images(compose_folder(ROOT), app_image())
    except EnvironmentMissing as error:
        pytest.skip(str(error))


@pytest.fixture
def project(engine: None, tmp_path: Path) -> Iterator[Path]:
    folder = write_project(tmp_path, stacks=("dev", "full", "compose"))
    yield folder
    assay(folder, "down")
    assay(folder, "clean")
    assert not any(left_at_the_engine(FOLDER_LABEL, str(folder / ".assay" / "stack" / "state")).values())


def test_without_docker_it_ends_with_3_and_says_what_to_install(tmp_path: Path) -> None:
    folder = write_project(tmp_path, stacks=("dev", "compose"))
    tried = assay(folder, "run", "orders", "--stack", "compose", PATH=str(tmp_path))
    assert tried.returncode == 3, tried.stderr
    assert "docker is not installed" in tried.stderr


class TestInContainers:
    """What needs an engine."""

    pytestmark = needs_docker

    def test_a_project_of_another_team_is_tried_and_nothing_is_left(self, project: Path) -> None:
        tried = assay(project, "run", "orders", "--stack", "compose", "--seed", "1")
        assert tried.returncode == 0, tried.stdout + tried.stderr
        run = json.loads((project / "runs" / "latest" / "run.json").read_text())
        assert run["stack"] == "compose"
        assert nothing_left(run["run_id"])

    async def test_a_killed_harness_leaves_nothing(self, engine: None, tmp_path: Path) -> None:
        project = write_project(tmp_path, pack_seconds=SLOW_SECONDS, stacks=("compose",))
        environment = {**os.environ, "PYTHONPATH": f"{project}{os.pathsep}{ROOT}"}
        process = subprocess.Popen(command("run", "orders"), cwd=project, env=environment)  # noqa: ASYNC220
        journal = project / "runs" / "latest" / "journal" / "harness.jsonl"
        await eventually(
            lambda: journal.is_file() and '"name": "work"' in journal.read_text().replace('":"', '": "'),
            what="the run to be in the middle of its work",
            timeout_seconds=120,
            interval_seconds=0.5,
        )
        run_id = json.loads((project / "runs" / "latest" / "run.json").read_text())["run_id"]
        assert left_at_the_engine(value=run_id)["container"]
        psutil.Process(process.pid).kill()
        process.wait(timeout=60)
        await eventually(lambda: nothing_left(run_id), what="the watchdog to sweep", timeout_seconds=150)

    def test_a_broken_version_is_what_runs_and_it_is_caught(self, project: Path) -> None:
        (project / "scenarios" / "mutants").mkdir(parents=True)
        (project / "scenarios" / "mutants" / "refused.patch").write_text(REFUSED)
        tried = assay(project, "run", "orders", "--stack", "compose", "--mutant", "refused")
        assert tried.returncode == 1, tried.stdout + tried.stderr
        assert re.search(r"^ +INVALID +packed +0 orders were packed$", tried.stdout, re.MULTILINE), tried.stdout

    async def test_up_is_complete_and_data_outlive_down_until_they_are_cleaned(self, project: Path) -> None:
        up = assay(project, "up", "--stack", "compose", "--workers", "1")
        assert up.returncode == 0, up.stderr
        client = await connect_client("127.0.0.1:7233")
        handle = await client.start_workflow("Order", "1", id="order-1", task_queue="orders")
        assert await handle.result() == "packed 1"
        status = assay(project, "status")
        assert re.search(r"^Temporal +127\.0\.0\.1:7233 \(stack compose\)$", status.stdout, re.MULTILINE)
        assert len(re.findall(r"^  container \S+  Up ", status.stdout, re.MULTILINE)) == 6, status.stdout
        stack_id = json.loads((project / ".assay" / "stack" / "state.json").read_text())["stack_id"]
        assert "the stack that is up is 'compose', not 'dev'" in assay(project, "down", "--stack", "dev").stderr
        assert assay(project, "down", "--stack", "compose").stdout == "the stack is down\n", (
            "nothing was left for the sweep"
        )
        assert nothing_left(stack_id)
        assert assay(project, "up", "--stack", "compose", "--workers", "0").returncode == 0
        description = await (await connect_client("127.0.0.1:7233")).get_workflow_handle("order-1").describe()
        assert await description.memo() == {}
        state = json.loads((project / ".assay" / "stack" / "state.json").read_text())
        os.kill(state["supervisor_pid"], signal.SIGKILL)
        await eventually(lambda: nothing_left(state["stack_id"]), what="the watchdog to sweep", timeout_seconds=150)
        assert assay(project, "down").returncode == 0
        assert re.search(r"and 1 volumes$", assay(project, "clean").stdout.strip())
