"""What a workflow does while the SDK's replayer takes it through a history: its commands, and which lines made them.

The replayer tells no more than whether SDK Core found another kind of command. Every activation passes through one
method of the workflow's instance, and every command through another, with a sandbox and without: they are listened to
here.
"""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import FrameType
from typing import Any

from temporalio.api.failure.v1 import Failure
from temporalio.bridge.proto.workflow_activation import WorkflowActivation
from temporalio.bridge.proto.workflow_commands import WorkflowCommand
from temporalio.bridge.proto.workflow_completion import WorkflowActivationCompletion
from temporalio.worker._workflow import _WorkflowWorker
from temporalio.worker._workflow_instance import _WorkflowInstanceImpl

from harness.application.imported import is_theirs

FRAMES = 4
"""How many lines of the application are kept of each command, the innermost first."""


@dataclass
class Activated:
    """One activation of a workflow.

    :ivar started_id: the event that began the workflow task it belongs to.
    :ivar places: for each command the lines of the application that made it, as "FILE:LINE", the innermost first.
    :ivar failure: why the workflow task failed instead.
    :ivar begins: where the workflow's own method begins.
    """

    started_id: int
    begins: tuple[str, ...] = ()
    places: list[tuple[str, ...]] = field(default_factory=list)
    commands: Sequence[WorkflowCommand] = ()
    failure: Failure | None = None


@dataclass
class Watched:
    """What was seen of the history under way.

    :ivar waits: where each of the workflow's tasks stood when it was let go.
    :ivar made: whether an instance of the workflow was to be made, which is when all payloads were decoded.
    :ivar task_queue: where the history ran. By default the SDK has a replayed workflow know that of the replayer, and
        send its activities there.
    :ivar signals: the names for which it ever had a handler; ``None`` is one for whatever comes.
    """

    activations: list[Activated] = field(default_factory=list)
    waits: list[tuple[str, ...]] = field(default_factory=list)
    made: bool = False
    task_queue: str = ""
    signals: set[str | None] = field(default_factory=set)

    def clear(self) -> None:
        """Forget it, for the next history."""
        self.activations.clear()
        self.waits.clear()
        self.signals.clear()
        self.made = False


@contextmanager
def watched() -> Iterator[Watched]:
    """Listen to every workflow of this process that is activated within; one history is to be replayed at a time."""
    seen = Watched()
    kind: Any = _WorkflowInstanceImpl
    makes: Any = _WorkflowWorker
    create: Callable[..., Any] = makes._create_workflow_instance
    activate: Callable[[Any, WorkflowActivation], WorkflowActivationCompletion] = kind.activate
    add: Callable[[Any], WorkflowCommand] = kind._add_command

    def activate_watched(instance: Any, activation: WorkflowActivation) -> WorkflowActivationCompletion:
        if any(job.HasField("remove_from_cache") for job in activation.jobs):
            seen.waits = [_of_coroutine(task.get_coro()) for task in list(instance._tasks)]
            return activate(instance, activation)
        made = Activated(activation.history_length, _of_run(instance))
        seen.activations.append(made)
        done = activate(instance, activation)
        seen.signals.update(instance._signals)
        if done.HasField("failed"):
            made.failure = done.failed.failure
        else:
            made.commands = [_copy(command) for command in done.successful.commands]
        return done

    def add_watched(instance: Any) -> WorkflowCommand:
        if seen.activations:
            seen.activations[-1].places.append(_of_frame(sys._getframe(1)) or _of_run(instance))
        return add(instance)

    def create_watched(worker: Any, *given: Any) -> Any:
        seen.made = True
        worker._task_queue = seen.task_queue or worker._task_queue
        return create(worker, *given)

    kind.activate, kind._add_command, makes._create_workflow_instance = activate_watched, add_watched, create_watched
    try:
        yield seen
    finally:
        kind.activate, kind._add_command, makes._create_workflow_instance = activate, add, create


@contextmanager
def divergences_told() -> Iterator[None]:
    """Have SDK Core tell every divergence within, also of workflows that may fail on one: else they hang."""
    worker: Any = _WorkflowWorker
    whole, each = worker.nondeterminism_as_workflow_fail, worker.nondeterminism_as_workflow_fail_for_types
    worker.nondeterminism_as_workflow_fail = lambda worker: False
    worker.nondeterminism_as_workflow_fail_for_types = lambda worker: set()
    try:
        yield
    finally:
        worker.nondeterminism_as_workflow_fail = whole
        worker.nondeterminism_as_workflow_fail_for_types = each


def _copy(command: WorkflowCommand) -> WorkflowCommand:
    """What the SDK encodes next is this very message."""
    kept = WorkflowCommand()
    kept.CopyFrom(command)
    return kept


def _of_frame(frame: FrameType | None) -> tuple[str, ...]:
    found: list[str] = []
    while frame is not None and len(found) < FRAMES:
        if _theirs(frame.f_code.co_filename):
            found.append(f"{frame.f_code.co_filename}:{frame.f_lineno}")
        frame = frame.f_back
    return tuple(found)


def _of_coroutine(coroutine: Any) -> tuple[str, ...]:
    """Where a coroutine waits, through all that it awaits."""
    found: list[str] = []
    while (frame := getattr(coroutine, "cr_frame", None)) is not None:
        if _theirs(frame.f_code.co_filename):
            found.append(f"{frame.f_code.co_filename}:{frame.f_lineno}")
        coroutine = coroutine.cr_await
    return tuple(found[::-1][:FRAMES])


def _of_run(instance: Any) -> tuple[str, ...]:
    """Where a workflow begins: what it commands when its method has returned is made by no line of its own."""
    code = instance._defn.run_fn.__code__
    return (f"{code.co_filename}:{code.co_firstlineno}",)


_theirs = functools.cache(is_theirs)
