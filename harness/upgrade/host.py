"""The old code: ``python -m harness.upgrade.host``, an interpreter in which no module of the new code is.

It holds instances of workflows and lets them do what activations say; everything else of a worker is with whoever
asks. The two exchange pickles over a pipe that only they have. It is no command for people.
"""

from __future__ import annotations

import argparse
import logging
from collections.abc import Sequence
from datetime import UTC
from multiprocessing.connection import Connection
from typing import Any

from harness.application.contract import load_application
from harness.errors import AssayError
from harness.sim.surface import WorkflowActivation, WorkflowInstance, activate, new_instance, workflow_info
from harness.sim.worker.kit import Kit
from harness.simulate.kit import kit_for


def serve(kit: Kit, asked: Connection) -> None:
    """Say which workflows there are, and then do what is asked until nobody is there any more.

    A question is ``(number of the instance, task queue, namespace, activation)``, its answer the completion; a workflow
    is made when its number comes for the first time.
    """
    asked.send(sorted(kit.workflows))
    instances: dict[int, WorkflowInstance] = {}
    while True:
        try:
            number, task_queue, namespace, content = asked.recv()
        except EOFError:
            return
        activation = WorkflowActivation.FromString(content)
        if number not in instances:
            instances[number] = _made(kit, activation, task_queue, namespace)
        done = activate(instances[number], activation)
        if any(job.HasField("remove_from_cache") for job in activation.jobs):
            del instances[number]
        asked.send(done.SerializeToString())


def _made(kit: Kit, activation: WorkflowActivation, task_queue: str, namespace: str) -> Any:
    init = next(job.initialize_workflow for job in activation.jobs if job.HasField("initialize_workflow"))
    first_task_at = activation.timestamp.ToDatetime().replace(tzinfo=UTC)
    info = workflow_info(
        init, run_id=activation.run_id, task_queue=task_queue, namespace=namespace, first_task_at=first_task_at
    )
    return new_instance(kit.instances, kit.workflows[task_queue, init.workflow_type], init, info)


def main(arguments: Sequence[str] | None = None) -> None:
    """Parse the command line and serve."""
    parser = argparse.ArgumentParser(prog="python -m harness.upgrade.host", description=__doc__)
    parser.add_argument("--app", required=True, help="the application's module, such as workflows.app")
    parser.add_argument("--pipe", required=True, type=int, help="the descriptor of the pipe")
    options = parser.parse_args(arguments)
    logging.disable(logging.CRITICAL)
    try:
        kit = kit_for(load_application(options.app))
    except AssayError as error:
        parser.exit(error.exit_code, f"{error}\n")
    with Connection(options.pipe) as asked:
        serve(kit, asked)


if __name__ == "__main__":
    main()
