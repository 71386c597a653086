"""A client for callers within a simulation: the names and the errors of ``temporalio.client.Client``."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any, NoReturn

import temporalio.common
import temporalio.converter
from temporalio.api.enums.v1 import WorkflowIdReusePolicy
from temporalio.client import WithStartWorkflowOperation, WorkflowUpdateStage
from temporalio.common import TypedSearchAttributes, WorkflowIDConflictPolicy, WorkflowIDReusePolicy
from temporalio.exceptions import WorkflowAlreadyStartedError

from harness.sim.client.calls import Calls
from harness.sim.client.handle import SimHandle
from harness.sim.client.starting import NAMES, payloads_of, policies_of, start_options
from harness.sim.client.update import SimUpdateHandle
from harness.sim.server.execution import Execution
from harness.sim.server.messages import signal
from harness.sim.server.options import TERMINATING, StartOptions
from harness.sim.server.tasks import begin_at_once
from harness.sim.surface import UNSET, given, name_and_result, to_start


class SimClient:
    """Starts executions and finds them.

    Options that it does not know are refused by name.
    """

    def __init__(self, calls: Calls, converter: temporalio.converter.DataConverter, identity: str = "caller") -> None:
        self._calls, self._converter, self.identity = calls, converter, identity

    def __getattr__(self, name: str) -> NoReturn:
        """What there is not.

        :raises NotSimulated: always, but of what is Python's own.
        """
        if name.startswith("_"):
            raise AttributeError(name)
        self._calls.server.timeline.refuse(f"client.{name} is not simulated; do without it")

    @property
    def data_converter(self) -> temporalio.converter.DataConverter:
        """The application's."""
        return self._converter

    @property
    def namespace(self) -> str:
        """The simulation's."""
        return self._calls.server.namespace

    async def start_workflow(
        self,
        workflow: Any,
        arg: Any = UNSET,
        *,
        id: str,
        task_queue: str,
        args: Sequence[Any] = (),
        result_type: type | None = None,
        execution_timeout: timedelta | None = None,
        run_timeout: timedelta | None = None,
        task_timeout: timedelta | None = None,
        id_reuse_policy: WorkflowIDReusePolicy = WorkflowIDReusePolicy.ALLOW_DUPLICATE,
        id_conflict_policy: WorkflowIDConflictPolicy = WorkflowIDConflictPolicy.UNSPECIFIED,
        retry_policy: temporalio.common.RetryPolicy | None = None,
        memo: Mapping[str, Any] | None = None,
        search_attributes: TypedSearchAttributes | None = None,
        static_summary: str | None = None,
        static_details: str | None = None,
        start_delay: timedelta | None = None,
        start_signal: str | None = None,
        start_signal_args: Sequence[Any] = (),
        **others: Any,
    ) -> SimHandle:
        """See the SDK.

        :raises WorkflowAlreadyStartedError: the policies do not let it start.
        :raises RPCError: (INVALID_ARGUMENT) they contradict one another.
        """
        self._calls.refuse(others, f"starting {id}")
        name, found = name_and_result(workflow)
        result_type = result_type or found
        options = start_options(
            self._converter,
            name,
            given(arg, args),
            id=id,
            task_queue=task_queue,
            execution_timeout=execution_timeout,
            run_timeout=run_timeout,
            task_timeout=task_timeout,
            retry_policy=retry_policy,
            memo=memo,
            search_attributes=search_attributes,
            static_summary=static_summary,
            static_details=static_details,
            start_delay=start_delay,
        )
        reuse, conflict = policies_of(id_reuse_policy, id_conflict_policy, signals=start_signal is not None)
        signals = payloads_of(self._converter, start_signal_args)

        def start() -> Execution:
            tell = (lambda run: signal(run, start_signal, signals, {})) if start_signal is not None else None
            return self._start(options, reuse, conflict, tell)

        run = await self._calls.make(f"{id} start", start)
        return self._handle(id, None, run.run_id, result_type, run.run_id)

    async def start_update_with_start_workflow(
        self,
        update: Any,
        arg: Any = UNSET,
        *,
        start_workflow_operation: WithStartWorkflowOperation[Any, Any],
        wait_for_stage: WorkflowUpdateStage,
        args: Sequence[Any] = (),
        id: str | None = None,
        result_type: type | None = None,
        **others: Any,
    ) -> SimUpdateHandle:
        """See the SDK; both are one call to the server.

        :raises WorkflowAlreadyStartedError: the policies do not let it start.
        """
        wanted = to_start(start_workflow_operation)
        self._calls.refuse(others, f"an update of {wanted.id} with a start")
        options = start_options(
            self._converter, wanted.workflow, wanted.args, **{name: getattr(wanted, name) for name in NAMES}
        )

        def start() -> None:
            self._start(options, wanted.id_reuse_policy, wanted.id_conflict_policy, None)

        handle = self._handle(wanted.id, None, None, wanted.ret_type, None)
        return await handle.start_update(
            update, arg, args=args, id=id, result_type=result_type, wait_for_stage=wait_for_stage, first=start
        )

    async def execute_workflow(self, workflow: Any, arg: Any = UNSET, **options: Any) -> Any:
        """Start it and wait for its result."""
        return await (await self.start_workflow(workflow, arg, **options)).result()

    def get_workflow_handle(
        self, workflow_id: str, *, run_id: str | None = None, result_type: type | None = None, **others: Any
    ) -> SimHandle:
        """A handle of an execution, whether there is one or not."""
        self._calls.refuse(others, f"a handle of {workflow_id}")
        return self._handle(workflow_id, run_id, run_id, result_type, None)

    def get_workflow_handle_for(self, workflow: Any, workflow_id: str, *, run_id: str | None = None) -> SimHandle:
        """The same, with the result's type of a workflow."""
        return self.get_workflow_handle(workflow_id, run_id=run_id, result_type=name_and_result(workflow)[1])

    def _handle(
        self, workflow_id: str, run_id: str | None, result_run_id: str | None, kind: type | None, first: str | None
    ) -> SimHandle:
        return SimHandle(self._calls, self._converter, workflow_id, run_id, result_run_id, kind, first)

    def _start(
        self,
        options: StartOptions,
        reuse: WorkflowIDReusePolicy,
        conflict: WorkflowIDConflictPolicy,
        tell: Callable[[Execution], None] | None,
    ) -> Execution:
        server = self._calls.server
        known = server.find(options.workflow_id)
        if known is not None and known.open and conflict == WorkflowIDConflictPolicy.USE_EXISTING:
            if tell is not None:
                tell(known)
                begin_at_once(known)
            return known
        if known is not None and known.open and conflict == WorkflowIDConflictPolicy.TERMINATE_EXISTING:
            detail = f"terminated by new runID: {server.next_run_id(options.workflow_id)}"
            server.terminate(known, TERMINATING, payloads_of(self._converter, [detail]))
        policy = WorkflowIdReusePolicy.ValueType(int(reuse))
        if known is not None and server.refuses(options.workflow_id, policy):
            raise WorkflowAlreadyStartedError(options.workflow_id, options.workflow_type, run_id=known.run_id)
        return server.start(replace(options), then=tell)
