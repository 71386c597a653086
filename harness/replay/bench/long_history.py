"""Makes a long history, as a server would have written it, and measures what memory the gate takes for it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from google.protobuf import json_format
from temporalio.api.enums.v1 import EventType
from temporalio.api.history.v1 import History, HistoryEvent

from harness.application.project import python_path
from harness.replay.bench.beside import NotMeasured
from harness.replay.bench.long_workflow import ACTIVITY, ACTIVITY_TIMEOUT, QUEUE, TEXT, Long

APP = Long.__module__
OF_A_ROUND = 6
"""Events: the activity's three, and the three of the workflow task that follows."""
PLAIN = {"encoding": b"json/plain"}


def long_history(events: int) -> History:
    """A completed history of so many events or a few more."""
    history = History()
    rounds = max(1, -(-(events - 5) // OF_A_ROUND))
    begun = _add(history, EventType.EVENT_TYPE_WORKFLOW_EXECUTION_STARTED).workflow_execution_started_event_attributes
    begun.workflow_type.name, begun.task_queue.name, begun.workflow_id = "Long", QUEUE, "long"
    begun.original_execution_run_id = begun.first_execution_run_id = "long"
    begun.workflow_task_timeout.FromSeconds(10)
    begun.input.payloads.add(metadata=PLAIN, data=str(rounds).encode())
    task = _task(history)
    for number in range(1, rounds + 1):
        _activity(history, str(number), task)
        task = _task(history)
    ended = _add(history, EventType.EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED)
    ended.workflow_execution_completed_event_attributes.workflow_task_completed_event_id = task
    ended.workflow_execution_completed_event_attributes.result.payloads.add(metadata={"encoding": b"binary/null"})
    return history


def peak_bytes(history: History, folder: Path) -> int:
    """The most memory that a process of `assay replay check` takes for this history, drift included.

    :param folder: of a project; the history is laid out in a folder of it that is made.
    :raises NotMeasured: it does not replay.
    """
    corpus = folder / "histories"
    corpus.mkdir(parents=True)
    (corpus / "long.json").write_text(json_format.MessageToJson(history, indent=None), encoding="utf-8")
    (folder / "pyproject.toml").write_text(
        f'[tool.assay]\napp = {json.dumps(APP)}\nscenarios = "claims"\n', encoding="utf-8"
    )
    command = [sys.executable, "-m", "harness.cli", "replay", "check", "--rungs", "replay,drift", "--seconds", "1800"]
    with (folder / "said").open("w+b") as said:
        environment = {**os.environ, **python_path(Path(__file__).parents[3])}
        process = subprocess.Popen(command, cwd=folder, env=environment, stdout=said, stderr=subprocess.STDOUT)
        # Of the process and all that it waited for, the largest.
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        said.seek(0)
        if process.returncode != 0:
            raise NotMeasured(f"the long history: {said.read().decode(errors='replace').strip()[-500:]}")
    return used.ru_maxrss * 1024


def _add(history: History, kind: EventType.ValueType) -> HistoryEvent:
    event = history.events.add(event_id=len(history.events) + 1, event_type=kind)
    event.event_time.FromSeconds(1_790_000_000 + len(history.events))
    return event


def _task(history: History) -> int:
    """A workflow task; the number of the event that completes it."""
    scheduled = _add(history, EventType.EVENT_TYPE_WORKFLOW_TASK_SCHEDULED)
    scheduled.workflow_task_scheduled_event_attributes.task_queue.name = QUEUE
    started = _add(history, EventType.EVENT_TYPE_WORKFLOW_TASK_STARTED)
    started.workflow_task_started_event_attributes.scheduled_event_id = scheduled.event_id
    done = _add(history, EventType.EVENT_TYPE_WORKFLOW_TASK_COMPLETED)
    done.workflow_task_completed_event_attributes.scheduled_event_id = scheduled.event_id
    done.workflow_task_completed_event_attributes.started_event_id = started.event_id
    return done.event_id


def _activity(history: History, number: str, task: int) -> None:
    data = json.dumps(TEXT).encode()
    event = _add(history, EventType.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED)
    scheduled = event.activity_task_scheduled_event_attributes
    scheduled.activity_id, scheduled.activity_type.name, scheduled.task_queue.name = number, ACTIVITY, QUEUE
    scheduled.start_to_close_timeout.FromTimedelta(ACTIVITY_TIMEOUT)
    scheduled.workflow_task_completed_event_id = task
    scheduled.input.payloads.add(metadata=PLAIN, data=data)
    started = _add(history, EventType.EVENT_TYPE_ACTIVITY_TASK_STARTED)
    started.activity_task_started_event_attributes.scheduled_event_id = event.event_id
    done = _add(history, EventType.EVENT_TYPE_ACTIVITY_TASK_COMPLETED).activity_task_completed_event_attributes
    done.scheduled_event_id, done.started_event_id = event.event_id, started.event_id
    done.result.payloads.add(metadata=PLAIN, data=data)
