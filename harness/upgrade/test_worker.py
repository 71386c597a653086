"""The worker that holds: so many new tasks are let through, what is replayed or asked does not count, and then none."""

from __future__ import annotations

import threading
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

from temporalio.worker import WorkflowRunner

from harness.poll import eventually
from harness.sim.surface import WorkflowActivation, WorkflowActivationCompletion
from harness.upgrade.worker import QUEUE, Holding


def task(run_id: str = "r", *, replaying: bool = False) -> WorkflowActivation:
    activation = WorkflowActivation(run_id=run_id, is_replaying=replaying)
    activation.jobs.add().fire_timer.seq = 1
    return activation


def query() -> WorkflowActivation:
    activation = WorkflowActivation(run_id="r")
    activation.jobs.add().query_workflow.query_id = "q"
    return activation


def holding(held: Path, tasks: int) -> Any:
    instance = SimpleNamespace(activate=lambda activation: WorkflowActivationCompletion(run_id=activation.run_id))
    runner = SimpleNamespace(create_instance=lambda details: instance)
    return Holding(cast(WorkflowRunner, runner), tasks, held).create_instance(None)


async def test_the_task_after_the_last_is_taken_and_never_answered(tmp_path: Path) -> None:
    held = tmp_path / "held"
    instance = holding(held, 2)
    for activation in (task(), task(replaying=True), query(), task("another"), task(), query(), task(replaying=True)):
        assert instance.activate(activation).run_id == activation.run_id
    assert not held.exists()

    # It ends with the process.
    thread = threading.Thread(target=instance.activate, args=(task(),), daemon=True)
    thread.start()
    await eventually(held.is_file, what="the task to be held", timeout_seconds=10)
    assert held.read_text() == f"{QUEUE.format(2)}\n"
    assert thread.is_alive()


def test_no_queue_has_the_name_of_another_in_its_own() -> None:
    names = [QUEUE.format(number) for number in (0, 1, 10, 100, 1_000)]
    assert [one for one in names for other in names if one != other and one in other] == []
