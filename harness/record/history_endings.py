"""The file that keeps a history, whose history it is, and how it says that its execution ended."""

from __future__ import annotations

import dataclasses
import datetime
import decimal
import enum
import functools
import json
import math
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import temporalio.converter
from temporalio.api.failure.v1 import Failure

from harness.record.history_reader import Event, status_of
from harness.record.history_states import state_of


def file_of(run_id: str) -> str:
    """The name of the file that holds the history of this run.

    A workflow id is data: it may be longer than a name of a file, or hold what no name may, and stands in the history.
    """
    return f"{run_id}.json"


def ids_of(file: Path) -> tuple[str, str]:
    """Workflow id and run id of the history in a file; the first is empty where the file does not say it."""
    return _text(_begun(file).get("workflowId")), file.stem


def next_run(last: Event) -> str | None:
    """The run in which a workflow goes on after the one that this event closes: as new, tried again, or by cron."""
    attributes = getattr(last, last.WhichOneof("attributes") or "", None)
    return getattr(attributes, "new_execution_run_id", "") or None


def served_as(file: Path) -> tuple[str, str]:
    """The task queue and the type of the workflow in a history's file; empty where it does not say them."""
    begun = _begun(file)
    queue, workflow_type = (begun.get(field) for field in ("taskQueue", "workflowType"))
    return _name_of(queue), _name_of(workflow_type)


def _name_of(said: Any) -> str:
    return _text(said.get("name")) if isinstance(said, dict) else ""


def _text(said: Any) -> str:
    """As it can be written; JSON may escape half of a letter."""
    return said.encode(errors="replace").decode() if isinstance(said, str) else ""


def _begun(file: Path) -> dict[str, Any]:
    """What the first event says; nothing, where it is no history."""
    try:
        known = file.stat()
    except OSError:
        return {}
    return _begun_in(file, known.st_mtime_ns, known.st_size)


@functools.lru_cache(maxsize=1)
def _begun_in(file: Path, changed_ns: int, size: int) -> dict[str, Any]:
    """A replay asks several times of one history, and reading it costs as much as a part of the replay."""
    try:
        begun = json.loads(file.read_bytes())["events"][0]["workflowExecutionStartedEventAttributes"]
        return begun if isinstance(begun, dict) else {}
    except (OSError, ValueError, LookupError, TypeError, RecursionError):
        return {}


async def execution_in(
    converter: temporalio.converter.DataConverter, events: Sequence[Event], status_attribute: str | None
) -> dict[str, Any]:
    """The fields of ``Execution`` that its history tells, beside the ids.

    :param status_attribute: the search attribute that holds the application's own state, if it has one.
    """
    last = events[-1]
    failure = last.workflow_execution_failed_event_attributes.failure
    return {
        "workflow_type": events[0].workflow_execution_started_event_attributes.workflow_type.name,
        "status": status_of(events),
        "result": await _result_of(converter, last),
        "state": state_of(events, status_attribute) if status_attribute else None,
        "failure": failure.message if last.HasField("workflow_execution_failed_event_attributes") else None,
        "failure_types": list(_types_of(failure)),
        "history_length": len(events),
    }


async def _result_of(converter: temporalio.converter.DataConverter, last: Event) -> Any:
    payloads = last.workflow_execution_completed_event_attributes.result.payloads
    if not payloads:
        return None
    try:
        value, *_ = await converter.decode(payloads)
    except Exception:
        value = payloads[0].data  # It may be anything at all, and one that cannot be read must not end the run.
    return plain(value)


def _types_of(failure: Failure) -> Iterator[str]:
    """The application's names for a failure and what caused it, the outermost first."""
    while True:
        if name := failure.application_failure_info.type:
            yield name
        if not failure.HasField("cause"):
            return
        failure = failure.cause


def plain(value: Any) -> Any:
    """The value as plain JSON: dataclasses as objects, decimals, instants and enums as text, the rest by ``repr``."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: plain(getattr(value, field.name)) for field in dataclasses.fields(value)}
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, set | frozenset):
        return sorted((plain(item) for item in value), key=repr)  # the order of a set is another in each process
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if isinstance(value, enum.Enum):
        return plain(value.value)
    if isinstance(value, decimal.Decimal | datetime.date | datetime.timedelta):
        return str(value)
    if value is None or isinstance(value, str | int) or (isinstance(value, float) and math.isfinite(value)):
        return value
    # By default the text of an object is where it lies in memory.
    says_nothing = getattr(type(value), "__repr__", None) is object.__repr__
    return f"<{type(value).__qualname__}>" if says_nothing else repr(value)
