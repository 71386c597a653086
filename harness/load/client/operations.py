"""What a user of the load can do to a Temporal application, each with a row of its own.

Data flow: ``user`` and ``open_loop`` hand these to the locustfile's flow → **operations** → the client behind the
bridge, or HTTP → the meter. Rows are named by types, never by ids. A failed operation ends the flow it belongs to: it
raises ``OperationFailed``, which locust takes as the end of the task.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import httpx
from locust.exception import RescheduleTask
from temporalio.api.common.v1 import WorkflowExecution
from temporalio.api.enums.v1 import EventType
from temporalio.api.workflowservice.v1 import GetWorkflowExecutionHistoryRequest
from temporalio.client import WorkflowFailureError, WorkflowQueryFailedError, WorkflowUpdateFailedError
from temporalio.exceptions import TemporalError
from temporalio.service import RPCError

from harness.load.client.connection import Connection
from harness.load.measure.measurements import Kind, Row
from harness.load.measure.measuring import Meter

FIRST_EVENTS = 5


class WrongAnswer(Exception):
    """The system answered, and not as it must."""


class OperationFailed(RescheduleTask):
    """An operation failed and was counted; the piece of work that it belongs to ends here."""


FAILURES = (
    *(RPCError, TemporalError, WorkflowFailureError, WorkflowQueryFailedError, WorkflowUpdateFailedError),
    *(httpx.HTTPError, TimeoutError, WrongAnswer),
)
"""What the system can do wrong. Anything else is a mistake in the locustfile, and is shown as one."""


@dataclass(frozen=True)
class Started:
    """A workflow that was started. ``began_seconds`` is when that was asked for, on CLOCK_MONOTONIC."""

    workflow_id: str
    type_name: str
    began_seconds: float


@dataclass(frozen=True)
class Operations:
    """The operations of one piece of work.

    :param timeout_seconds: after which any of them counts as failed.
    :param lateness_seconds: by how much the piece of work began behind its schedule; ``None`` where users come round
        by themselves.
    """

    connection: Connection
    meter: Meter
    timeout_seconds: float
    lateness_seconds: float | None = None

    def start(self, workflow: Any, argument: Any, *, name: str, row: str | None = None, **options: Any) -> Started:
        """Start a workflow. ``name`` is its type; ``row`` another name to measure it under, such as a repetition's."""
        began_seconds = time.monotonic()
        with self.measured(Row(Kind.START, row or name), since_seconds=began_seconds):
            self._ask(self.connection.client.start_workflow, workflow, argument, **options)
        return Started(options["id"], name, began_seconds)

    def completion(self, started: Started, *, accept: Callable[[Any], bool] = lambda _: True) -> Any:
        """Wait for the end of a workflow, measured from the asking for its start.

        :param accept: says whether the result is a right one; a wrong one counts as an error.
        """
        row = Row(Kind.COMPLETION, started.type_name)
        with self.measured(row, since_seconds=started.began_seconds):
            result = self._call(self.connection.client.get_workflow_handle(started.workflow_id).result())
            if not accept(result):
                raise WrongAnswer(f"{started.type_name} ended with a wrong result: {_shortened(result)}")
        return result

    def execute(
        self, workflow: Any, argument: Any, *, name: str, accept: Callable[[Any], bool] = lambda _: True, **options: Any
    ) -> Any:
        """Start a workflow and wait for its end: ``start`` and ``completion`` with nothing between them, for the price
        of one call over the bridge. Rows and errors are those of the two."""
        client, workflow_id = self.connection.client, options["id"]
        started: list[float] = []

        async def both() -> Any:
            await client.start_workflow(workflow, argument, rpc_timeout=self._rpc_timeout, **options)
            started.append(time.monotonic())
            return await client.get_workflow_handle(workflow_id).result()

        def turned() -> float | None:
            return started[0] if started else None

        rows = Row(Kind.START, name), Row(Kind.COMPLETION, name)
        with (
            failing(),
            self.meter.measured_in_turn(*rows, turned_seconds=turned, lateness_seconds=self.lateness_seconds),
        ):
            result = self._call(both())
            if not accept(result):
                raise WrongAnswer(f"{name} ended with a wrong result: {_shortened(result)}")
        return result

    def first_task(self, started: Started) -> None:
        """Note how long the first task waited for a worker, by the server's clock. It costs a call: ask it of few."""
        request = GetWorkflowExecutionHistoryRequest(
            namespace=self.connection.client.namespace,
            execution=WorkflowExecution(workflow_id=started.workflow_id),
            maximum_page_size=FIRST_EVENTS,
        )
        with failing():
            service = self.connection.client.workflow_service
            response = self._call(service.get_workflow_execution_history(request, timeout=self._rpc_timeout))
        events = response.history.events
        began = [e for e in events if e.event_type == EventType.EVENT_TYPE_WORKFLOW_EXECUTION_STARTED]
        taken = [e for e in events if e.event_type == EventType.EVENT_TYPE_WORKFLOW_TASK_STARTED]
        if began and taken:
            took = taken[0].event_time.ToNanoseconds() - began[0].event_time.ToNanoseconds()
            self.meter.noted(Row(Kind.FIRST_TASK, started.type_name), max(0, took) / 1e9)

    def query(self, workflow_id: str, name: str, *arguments: Any) -> Any:
        """Ask a workflow."""
        with self.measured(Row(Kind.QUERY, name)):
            return self._ask(self.connection.client.get_workflow_handle(workflow_id).query, name, args=arguments)

    def signal(self, workflow_id: str, name: str, *arguments: Any) -> None:
        """Signal a workflow."""
        with self.measured(Row(Kind.SIGNAL, name)):
            self._ask(self.connection.client.get_workflow_handle(workflow_id).signal, name, args=arguments)

    def update(self, workflow_id: str, name: str, *arguments: Any, update_id: str | None = None) -> Any:
        """Update a workflow and wait until that is complete."""
        with self.measured(Row(Kind.UPDATE, name)):
            handle = self.connection.client.get_workflow_handle(workflow_id)
            return self._ask(handle.execute_update, name, args=arguments, id=update_id)

    def request(
        self, row: Row, method: str, url: str, *, accept: Callable[[Any], bool] = lambda _: True, **options: Any
    ) -> Any:
        """Send an HTTP request. Anything but 2xx counts as an error, and so does an answer that is not accepted."""
        with self.measured(row):
            response = self.connection.http.request(method, url, timeout=self.timeout_seconds, **options)
            try:
                answer = response.json()
                right = response.is_success and accept(answer)
            except (ValueError, LookupError, TypeError):
                right = False
            if not right:
                raise WrongAnswer(f"{method} was answered with {response.status_code}: {response.text[:100]}")
        return answer

    @contextmanager
    def measured(self, row: Row, *, since_seconds: float | None = None) -> Iterator[None]:
        """Measure what happens inside as this row.

        :raises OperationFailed: when the system failed in it.
        """
        with failing(), self.meter.measured(row, since_seconds=since_seconds, lateness_seconds=self.lateness_seconds):
            yield

    @property
    def _rpc_timeout(self) -> timedelta:
        return timedelta(seconds=self.timeout_seconds)

    def _ask(self, call: Callable[..., Any], *arguments: Any, **options: Any) -> Any:
        return self._call(call(*arguments, **options, rpc_timeout=self._rpc_timeout))

    def _call(self, work: Any) -> Any:
        return self.connection.call(work, timeout_seconds=self.timeout_seconds)


@contextmanager
def failing() -> Iterator[None]:
    """Turn what the system can do wrong into ``OperationFailed``."""
    try:
        yield
    except FAILURES as error:
        raise OperationFailed(str(error)) from error


def _shortened(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 200 else f"{text[:200]}..."
