"""The file that keeps a history, whose history it is, and how it says that its execution ended."""

from __future__ import annotations

import dataclasses
import datetime
import decimal
import enum
import json
import math
from pathlib import Path
from typing import Any

import temporalio.api.history.v1
import temporalio.converter


def file_of(run_id: str) -> str:
    """The name of the file that holds the history of this run.

    A workflow id is data: it may be longer than a name of a file, or hold what no name may, and stands in the history.
    """
    return f"{run_id}.json"


def ids_of(file: Path) -> tuple[str, str]:
    """Workflow id and run id of the history in a file; the first is empty where the file does not say it."""
    return str(_begun(file).get("workflowId", "")), file.stem


def served_as(file: Path) -> tuple[str, str]:
    """The task queue and the type of the workflow in a history's file; empty where it does not say them."""
    begun = _begun(file)
    return str(begun.get("taskQueue", {}).get("name", "")), str(begun.get("workflowType", {}).get("name", ""))


def _begun(file: Path) -> dict[str, Any]:
    """What the first event says; nothing, where it is no history."""
    try:
        begun = json.loads(file.read_bytes())["events"][0]["workflowExecutionStartedEventAttributes"]
        return begun if isinstance(begun, dict) else {}
    except (OSError, ValueError, LookupError, TypeError, RecursionError):
        return {}


async def ending_of(
    converter: temporalio.converter.DataConverter, event: temporalio.api.history.v1.HistoryEvent
) -> tuple[Any, str | None]:
    """The result or the failure message that the last event carries."""
    if event.HasField("workflow_execution_completed_event_attributes"):
        payloads = event.workflow_execution_completed_event_attributes.result.payloads
        if not payloads:
            return None, None
        try:
            value, *_ = await converter.decode(payloads)
        except Exception:
            value = payloads[0].data  # It may be anything at all, and one that cannot be read must not end the run.
        return plain(value), None
    if event.HasField("workflow_execution_failed_event_attributes"):
        return None, event.workflow_execution_failed_event_attributes.failure.message
    return None, None


def plain(value: Any) -> Any:
    """The value as plain JSON: dataclasses as objects, decimals, instants and enums as text, what is none by ``repr``."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: plain(getattr(value, field.name)) for field in dataclasses.fields(value)}
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(item) for item in value]
    if isinstance(value, enum.Enum):
        return plain(value.value)
    if isinstance(value, decimal.Decimal | datetime.date | datetime.timedelta):
        return str(value)
    if value is None or isinstance(value, str | int) or (isinstance(value, float) and math.isfinite(value)):
        return value
    return repr(value)
