"""A replayer that runs workflows as the worker of a task queue does, and what its failures mean."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import temporalio.worker
import temporalio.workflow

from harness.record.history_endings import served_as
from harness.replay.reasons import DIVERGED, RAISED, REPLAYED, UNDECODABLE
from harness.sim.surface.replaying import Watched

MESSAGE_CHARACTERS = 1000
OPTIONS = (
    "workflows",
    "workflow_runner",
    "unsandboxed_workflow_runner",
    "interceptors",
    "plugins",
    "workflow_failure_exception_types",
    "disable_safe_workflow_eviction",
    "data_converter",
    "header_codec_behavior",
)
"""What a worker is made with and a replayer, too."""
THE_SDKS_SENTENCE = re.compile(r"\[TMPRL\d+\].*?(?=\", source: )", re.DOTALL)
UNREAD = "Unknown payload encoding"
LINE_OF_TRACE = re.compile(r'File "([^"]+)", line (\d+)')


def replayer_of(made: Mapping[str, Any]) -> temporalio.worker.Replayer:
    """One that runs workflows as the worker does that is made with these options."""
    return temporalio.worker.Replayer(
        **{name: made[name] for name in OPTIONS if name in made},
        namespace=os.environ.get("TEMPORAL_NAMESPACE", "default"),
        # Without it a busy machine looks like a workflow that blocks. What really hangs, the supervisor kills.
        debug_mode=True,
        # Any name will do; without one the SDK takes seconds to compute one from everything imported.
        build_id="replay",
    )


def queue_of(file: Path, served: Mapping[str, Mapping[str, Any]]) -> str:
    """The task queue as whose worker a history is replayed: its own, or another where its type is served.

    The names of queues may come from an environment that is not this one's.
    """
    queue, workflow_type = served_as(file)
    serving = (name for name, made in served.items() if workflow_type in types_of(made))
    return queue if queue in served else next(serving, next(iter(served), ""))


def types_of(made: Mapping[str, Any]) -> list[str | None]:
    """The types of workflows that a worker with these options serves; ``None`` is one that serves whatever comes."""
    return [getattr(each, "__temporal_workflow_definition").name for each in made.get("workflows", ())]


def reason_of(failure: Exception | None, seen: Watched) -> tuple[str, str]:
    """The reason and the message. Only the SDK's own word is a divergence; what could not be replayed is another."""
    if failure is None:
        return REPLAYED, ""
    told = f"{type(failure).__name__}: {failure}"
    # The SDK wraps its one telling sentence into a page of its own structures.
    if found := THE_SDKS_SENTENCE.search(told):
        told = found[0]
    if isinstance(failure, temporalio.workflow.NondeterminismError):
        return DIVERGED, told[:MESSAGE_CHARACTERS]
    raised = next((each.failure for each in reversed(seen.activations) if each.failure is not None), None)
    if raised is not None:
        told = raised.message
        cause = raised
        while cause.HasField("cause"):
            cause = cause.cause
            told += f": {cause.message}"
    # A codec is asked before there is an instance of the workflow.
    unread = not seen.made or UNREAD in told
    return (UNDECODABLE if unread else RAISED), told[:MESSAGE_CHARACTERS]
