"""What workers run: the application's workflows and activities, looked up once and used by every seed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Protocol

import temporalio.converter
from temporalio.worker import Interceptor, WorkflowInterceptorClassInput, WorkflowRunner

from harness.sim.refusal import NotSimulated
from harness.sim.server.execution import Execution
from harness.sim.surface import (
    EXTERN_FUNCTIONS,
    ActivityDefinition,
    Instances,
    WorkflowDefinition,
    activity_definition,
    prepare,
    remember_type_hints,
    workflow_definition,
)


class Earlier(Protocol):
    """An earlier version of the code, which begins executions that this one takes over."""

    @property
    def kit(self) -> Kit:
        """Its workflows; the activities are those of the later version."""

    def has(self, run: Execution) -> bool:
        """Whether the next workflow task of the run is still done by it."""


@dataclass(frozen=True)
class Kit:
    """The code under test.

    :param queues: task queue → names of the activities it serves, ``None`` for all of them.
    :param workflows: by task queue and name: two queues may have one name for two workflows.
    :param earlier: what this code takes executions over from, if anything.
    """

    queues: Mapping[str, frozenset[str] | None]
    workflows: Mapping[tuple[str, str], WorkflowDefinition]
    activities: Mapping[str, ActivityDefinition]
    instances: Instances
    converter: temporalio.converter.DataConverter
    interceptors: Sequence[Interceptor]
    beats_every: int
    beats_at_most_every: int
    earlier: Earlier | None = None

    def code_for(self, run: Execution) -> Kit:
        """The version that does the run's next workflow task."""
        return self.earlier.kit if self.earlier is not None and self.earlier.has(run) else self

    def activity(self, queue: str, name: str) -> ActivityDefinition | None:
        """What a queue serves under this name, if anything."""
        served = self.queues.get(queue)
        return self.activities.get(name) if served is None or name in served else None


def kit_of(
    *,
    workflows: Mapping[str, Sequence[type]],
    activities: Sequence[Callable[..., Any]],
    converter: temporalio.converter.DataConverter,
    serves: Mapping[str, Sequence[str]] | None = None,
    interceptors: Sequence[Interceptor] = (),
    failure_types: Sequence[type[BaseException]] = (),
    runner: WorkflowRunner | None = None,
    beats_every: timedelta = timedelta(seconds=30),
    beats_at_most_every: timedelta = timedelta(seconds=60),
) -> Kit:
    """Look everything up.

    :param workflows: task queue → what it serves; ``serves`` says the same of activities, by default all of them.
    :param runner: of the workflows, such as the SDK's sandbox; by default there is no sandbox.
    :param beats_every: a worker's ``default_heartbeat_throttle_interval``; the other is its ``max_…``.
    :raises NotSimulated: something of it is dynamic, or payloads pass through a codec or external storage.
    """
    if converter.payload_codec is not None:
        raise NotSimulated(f"payload codec {converter.payload_codec!r}: histories are kept in the clear; leave it out")
    if getattr(converter, "external_storage", None) is not None:
        raise NotSimulated("external storage of payloads is not simulated; leave it out of the data converter")
    remember_type_hints()
    classes = []
    for interceptor in interceptors:
        found = interceptor.workflow_interceptor_class(WorkflowInterceptorClassInput(dict(EXTERN_FUNCTIONS)))
        if found is not None:
            classes.append(found)
    options = {} if runner is None else {"runner": runner}
    definitions = {
        (queue, str(each.name)): each
        for queue, served in workflows.items()
        for each in map(workflow_definition, served)
    }
    if runner is not None:
        for definition in definitions.values():
            prepare(runner, definition)
    called = [activity_definition(each) for each in activities]
    return Kit(
        {queue: None if serves is None else frozenset(serves[queue]) for queue in workflows},
        definitions,
        {str(each.name): each for each in called},
        Instances(converter, tuple(failure_types), tuple(classes), **options),
        converter,
        tuple(interceptors),
        nanoseconds(beats_every),
        nanoseconds(beats_at_most_every),
    )


def nanoseconds(delta: timedelta) -> int:
    """A duration as an integer."""
    return delta // timedelta(microseconds=1) * 1000
