"""Reads the file of one history, and says what kind of file it is where it cannot be replayed."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from google.protobuf import json_format
from temporalio.client import WorkflowHistory

from harness.replay.reasons import DECODED_EXPORT, FIRST_EVENT_MISSING, UNREADABLE

EXPORT = "temporal workflow show --workflow-id ID --run-id RUN --output json"
IN_THE_CLEAR = re.compile(r"(json|binary)/[a-z-]+")
"""An encoding as it is shown to people: in a history that can be replayed it is base64, as every byte is."""


class NotReplayable(ValueError):
    """The file holds nothing that a replayer could take. ``reason`` is one of ``harness.replay.reasons``."""

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message)
        self.reason = reason


def history_in(file: Path) -> WorkflowHistory:
    """The history in a file, as it can be replayed: the replayer waits for ever for what does not begin as one.

    :raises NotReplayable: it is none, such as an export whose payloads were decoded.
    """
    try:
        read = json.loads(file.read_bytes())
    except (OSError, ValueError, RecursionError) as error:
        told = error.strerror if isinstance(error, OSError) else " ".join(str(error).split())
        raise NotReplayable(UNREADABLE, f"not a history: {told or type(error).__name__}") from error
    if _decoded(read):
        told = (
            f"its payloads were decoded for people to read, and the code needs their bytes; export it with `{EXPORT}`"
        )
        raise NotReplayable(DECODED_EXPORT, f"not a history that can be replayed: {told}")
    try:
        history = WorkflowHistory.from_json(_workflow_id(read), read)
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError, json_format.Error) as error:
        told = " ".join(str(error).split()) or type(error).__name__
        raise NotReplayable(UNREADABLE, f"not a history: {told}") from error
    if not history.events or not history.events[0].HasField("workflow_execution_started_event_attributes"):
        told = "its first event is not the start of a workflow; export it whole, with all pages"
        raise NotReplayable(FIRST_EVENT_MISSING, f"not a history: {told}: `{EXPORT}`")
    begun = history.events[0].workflow_execution_started_event_attributes
    if not (begun.HasField("task_queue") and begun.HasField("workflow_type")):
        told = "its first event does not say the workflow's type and task queue"
        raise NotReplayable(UNREADABLE, f"not a history: {told}; export it with `{EXPORT}`")
    if (gap := next((n for n, event in enumerate(history.events, 1) if event.event_id != n), None)) is not None:
        # The replayer passes over some gaps, and takes others for a mistake of the code.
        told = f"event {gap} is missing or out of its place; export it whole, with all pages"
        raise NotReplayable(UNREADABLE, f"not a history: {told}: `{EXPORT}`")
    return history


def _workflow_id(read: Any) -> str:
    try:
        return str(read["events"][0]["workflowExecutionStartedEventAttributes"]["workflowId"])
    except (LookupError, TypeError):
        return ""


def _decoded(read: Any) -> bool:
    return any(
        not isinstance(payload.get("data", ""), str) or IN_THE_CLEAR.fullmatch(str(payload["metadata"]["encoding"]))
        for payload in _payloads(read)
    )


def _payloads(read: Any) -> Iterator[dict[str, Any]]:
    """Every payload in it, however deep."""
    left = [read]
    while left:
        value = left.pop()
        if isinstance(value, list):
            left += value
        elif isinstance(value, dict):
            if isinstance(value.get("metadata"), dict) and "encoding" in value["metadata"]:
                yield value
            else:
                left += value.values()
