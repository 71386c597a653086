"""Histories in a form in which a real server's and a simulated one can be compared: event types and all attributes.

Left out is what no two executions share: times, ids of runs and events, identities, versions, sizes, stack traces. An
event is named by its type, and its number among those of its type or what it belongs to, so that references are
compared too. Workflow tasks are left out: a server on a busy machine makes more or fewer of them, and fails one that
would end a run which has heard something new.
"""

from __future__ import annotations

import base64
import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

LEFT_OUT = frozenset(
    {
        *("eventId", "eventTime", "taskId", "eventType", "identity", "requestId", "workerVersion", "historySizeBytes"),
        *("stackTrace", "meteringMetadata", "sdkMetadata", "namespaceId", "parentWorkflowNamespaceId", "lastFailure"),
        *("workflowTaskCompletedEventId", "runId", "originalExecutionRunId", "firstExecutionRunId", "priority"),
        *("newExecutionRunId", "continuedExecutionRunId", "prevAutoResetPoints", "workflowExecutionExpirationTime"),
        *("firstWorkflowTaskBackoff", "acceptedRequestSequencingEventId", "protocolInstanceId", "inheritBuildId"),
        *("acceptedRequestMessageId", "updateId", "inboundUpdateId", "useWorkflowBuildId", "parentInitiatedEventId"),
        "externalInitiatedEventId",
    }
)
TASKS = ("SCHEDULED", "STARTED", "COMPLETED", "TIMED_OUT", "FAILED")
UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
LOCAL_TIMES = ("complete_time", "original_schedule_time")


def shape(history: Mapping[str, Any]) -> list[str]:
    """One line an event, of a history as ``WorkflowHistory.to_json_dict`` gives it."""
    names: dict[str, str] = {}
    count: Counter[str] = Counter()
    for event in history["events"]:
        kind = event["eventType"].removeprefix("EVENT_TYPE_")
        count[kind] += 1
        begun = _said(event).get("scheduledEventId", _said(event).get("initiatedEventId"))
        names[event["eventId"]] = f"{kind} of {names[begun]}" if begun in names else f"{kind}#{count[kind]}"
    lines = []
    for event in history["events"]:
        kind = event["eventType"].removeprefix("EVENT_TYPE_")
        bug = "WORKER_UNHANDLED_FAILURE" in str(_said(event).get("cause"))
        if kind.removeprefix("WORKFLOW_TASK_") not in TASKS or bug:
            told = {key: event[key] for key in ("userMetadata", "eventGroupMarkers") if key in event}
            attributes = _plain({**_said(event), **told}, names)
            lines.append(f"{names[event['eventId']]} {json.dumps(attributes, sort_keys=True)}")
    return lines


def _said(event: Mapping[str, Any]) -> Mapping[str, Any]:
    found: Any = next((value for key, value in event.items() if key.endswith("Attributes")), {})
    return found if isinstance(found, dict) else {}


def said(answer: object) -> str:
    """What a caller says, without what no two executions share."""
    return UUID.sub("UUID", str(answer))


def shapes(histories: Iterable[Mapping[str, Any]]) -> list[list[str]]:
    """Of all runs of a feature, in an order of their own."""
    return sorted(shape(history) for history in histories)


def difference(ours: Sequence[Sequence[str]], theirs: Sequence[Sequence[str]], *, any_order: bool = False) -> list[str]:
    """What is different, line by line."""
    if len(ours) != len(theirs):
        return [f"{len(ours)} runs and {len(theirs)} on a server"]
    told = []
    for mine, real in zip(ours, theirs, strict=True):
        if sorted(mine) == sorted(real):
            if list(mine) != list(real) and not any_order:
                told.append(f"the same events in another order: {[line.split(' ')[0] for line in real]} on a server")
        else:
            told += [f"simulated: {line}" for line in mine if line not in real]
            told += [f"a server:  {line}" for line in real if line not in mine]
    return told


def _plain(value: Any, names: Mapping[str, str]) -> Any:
    if isinstance(value, dict):
        if value.keys() <= {"metadata", "data"} and "metadata" in value:
            return _payload(value)
        kept = {key: each for key, each in value.items() if key not in LEFT_OUT and each not in ({}, "", [], "0s")}
        return {
            key: names.get(each, each) if key.endswith("EventId") else _plain(each, names) for key, each in kept.items()
        }
    if isinstance(value, list):
        return [_plain(each, names) for each in value]
    if isinstance(value, str):
        return UUID.sub("UUID", value)
    return value


def _payload(value: Mapping[str, Any]) -> Any:
    data = base64.b64decode(value.get("data", ""))
    try:
        said = json.loads(data)
    except ValueError:
        said = data.decode("utf8", "replace")
    if isinstance(said, dict):
        said = {key: each for key, each in said.items() if key not in LOCAL_TIMES}
    return {"payload": UUID.sub("UUID", said) if isinstance(said, str) else said}
