"""The workflows of the old code as the simulator's workers take them: each instance is one in another interpreter.

What passes between the two is what SDK Core passes to a workflow and back, so neither knows of it.
"""

from __future__ import annotations

import contextlib
import itertools
import multiprocessing
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from harness.application.project import python_path
from harness.errors import UsageError
from harness.record.history_reader import tasks_completed
from harness.sim.server.execution import Execution
from harness.sim.surface import WorkflowActivation, WorkflowActivationCompletion, definition_elsewhere
from harness.sim.worker.kit import Kit
from harness.stack.processes.process import last_lines

START_SECONDS = 120.0
ANSWER_SECONDS = 60.0
STOP_SECONDS = 10.0


@dataclass(frozen=True)
class HandedOver:
    """See ``harness.sim.worker.kit.Earlier``: the old code does so many workflow tasks of each execution.

    :param tasks: counted over all runs of a workflow id; only those that completed.
    """

    kit: Kit
    tasks: int

    def has(self, run: Execution) -> bool:
        """See ``Earlier``."""
        chain = (each for each in run.server.runs.values() if each.workflow_id == run.workflow_id)
        return sum(tasks_completed(each.history.events) for each in chain) < self.tasks


@dataclass(frozen=True)
class EarlierCode:
    """The old code, for as long as its interpreter lives.

    :param workflows: task queue and name of each.
    """

    workflows: frozenset[tuple[str, str]]
    asked: Connection
    log: Path
    numbers: Iterator[int]

    def kit(self, later: Kit) -> Kit:
        """Its workflows, with all else as the new code has it."""
        runner: Any = self  # it makes instances, and nothing here prepares workflows
        instances = replace(later.instances, runner=runner, plain_runner=runner)
        workflows = {(queue, name): definition_elsewhere(name) for queue, name in self.workflows}
        return replace(later, workflows=workflows, instances=instances, earlier=None)

    def create_instance(self, details: Any) -> ElsewhereInstance:
        """As the SDK's runner of workflows does."""
        return ElsewhereInstance(self, next(self.numbers), details.info.task_queue, details.info.namespace)

    def ask(self, question: tuple[int, str, str, bytes]) -> bytes:
        """What it answers.

        :raises UsageError: it ended, or is silent.
        """
        try:
            self.asked.send(question)
            if not self.asked.poll(ANSWER_SECONDS):
                raise UsageError(f"the code that runs now gave no answer within {ANSWER_SECONDS:g} s")
            answer: bytes = self.asked.recv()
        except (EOFError, OSError) as error:
            raise UsageError(f"the code that runs now ended its process: {last_lines(self.log, 3)}") from error
        return answer


@dataclass(frozen=True)
class ElsewhereInstance:
    """An instance of a workflow that is in the other interpreter."""

    code: EarlierCode
    number: int
    task_queue: str
    namespace: str

    def activate(self, activation: WorkflowActivation) -> WorkflowActivationCompletion:
        """As the SDK's instance does."""
        content = activation.SerializeToString()
        answer = self.code.ask((self.number, self.task_queue, self.namespace, content))
        return WorkflowActivationCompletion.FromString(answer)


@contextlib.contextmanager
def earlier_code(app: str, folder: Path, without: Path | None = None) -> Iterator[EarlierCode]:
    """Import the old code in an interpreter of its own.

    :param app: the module of the application.
    :param folder: where the old code is.
    :param without: a project whose modules are not to be found there.
    :raises UsageError: it cannot be imported, or has what is not simulated.
    """
    ours, theirs = multiprocessing.Pipe()
    with tempfile.TemporaryDirectory(prefix="assay-upgrade-") as scratch, ours:
        log = Path(scratch) / "host.log"
        command = [sys.executable, "-m", "harness.upgrade.host", "--app", app, "--pipe", str(theirs.fileno())]
        with theirs, log.open("wb") as output:
            host = subprocess.Popen(
                command,
                cwd=folder,
                env={**os.environ, **python_path(folder, without)},
                pass_fds=(theirs.fileno(),),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
            )
        try:
            if not ours.poll(START_SECONDS):
                raise UsageError(f"the code that runs now was not imported within {START_SECONDS:g} s")
            try:
                workflows = frozenset(map(tuple, ours.recv()))
            except (EOFError, OSError) as error:
                raise UsageError(f"the code that runs now cannot be asked: {last_lines(log, 3)}") from error
            yield EarlierCode(workflows, ours, log, itertools.count(1))
        finally:
            ours.close()  # which it takes for its end
            try:
                host.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                host.kill()
                host.wait()
