"""Workflows that have to do with other workflows: children, signals and cancellations from outside."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from temporalio import workflow
from temporalio.common import RetryPolicy, WorkflowIDReusePolicy
from temporalio.exceptions import ApplicationError, ChildWorkflowError, WorkflowAlreadyStartedError

with workflow.unsafe.imports_passed_through():
    from harness.sim.features.testing_message_flows import Inbox

TWICE = RetryPolicy(initial_interval=timedelta(milliseconds=100), maximum_attempts=2)


def told(error: ChildWorkflowError) -> str:
    """What a parent can know of a failed child."""
    state = error.retry_state.name if error.retry_state else "none"
    return f"{error.message}/{type(error.cause).__name__}/{error.cause}/{state}/{error.workflow_type}"


@workflow.defn
class Child:
    """Does what it is told."""

    @workflow.run
    async def run(self, what: str) -> str:
        if what == "fails":
            raise ApplicationError("the child failed", type="Naughty")
        if what == "again" and workflow.info().continued_run_id is None:
            workflow.continue_as_new(what)
        if what == "waits":
            try:
                await asyncio.sleep(3600)
            except asyncio.CancelledError:
                await asyncio.sleep(1)
                raise
        parent = workflow.info().parent
        return f"child of {parent.workflow_id.split('-')[0]}" if parent else "an orphan"


@workflow.defn
class Parent:
    """Has a child named after itself."""

    @workflow.run
    async def run(self, what: str) -> str:
        try:
            return str(await getattr(self, "_" + what)())
        except ChildWorkflowError as error:
            return told(error)

    @property
    def _kid(self) -> str:
        return workflow.info().workflow_id + "-child"

    async def _completes(self) -> str:
        return await workflow.execute_child_workflow(Child.run, "completes", id=self._kid)

    async def _fails(self) -> str:
        return await workflow.execute_child_workflow(Child.run, "fails", id=self._kid)

    async def _fails_twice(self) -> str:
        return await workflow.execute_child_workflow(Child.run, "fails", id=self._kid, retry_policy=TWICE)

    async def _again(self) -> str:
        return await workflow.execute_child_workflow(Child.run, "again", id=self._kid)

    async def _times_out(self) -> str:
        return await workflow.execute_child_workflow(
            Child.run, "waits", id=self._kid, execution_timeout=timedelta(seconds=3)
        )

    async def _exists(self) -> str:
        await workflow.execute_child_workflow(Child.run, "completes", id=self._kid)
        try:
            return await workflow.execute_child_workflow(
                Child.run, "completes", id=self._kid, id_reuse_policy=WorkflowIDReusePolicy.REJECT_DUPLICATE
            )
        except WorkflowAlreadyStartedError as error:
            return f"exists: {error.workflow_type}"

    async def _replaces(self) -> str:
        first = await workflow.start_child_workflow(Child.run, "waits", id=self._kid)
        second = await workflow.execute_child_workflow(
            Child.run, "completes", id=self._kid, id_reuse_policy=WorkflowIDReusePolicy.TERMINATE_IF_RUNNING
        )
        try:
            return await first
        except ChildWorkflowError as error:
            return f"{second} {told(error)}"

    async def _cancels(self, kind: str = "WAIT_CANCELLATION_COMPLETED") -> str:
        handle = await workflow.start_child_workflow(
            Child.run, "waits", id=self._kid, cancellation_type=workflow.ChildWorkflowCancellationType[kind]
        )
        await asyncio.sleep(1)
        handle.cancel()
        try:
            return await handle
        except ChildWorkflowError as error:
            said = told(error)
        await asyncio.sleep(2)
        return said

    async def _cancels_and_tries(self) -> str:
        return await self._cancels("TRY_CANCEL")

    async def _cancels_when_requested(self) -> str:
        return await self._cancels("WAIT_CANCELLATION_REQUESTED")

    async def _abandons(self) -> str:
        return await self._cancels("ABANDON")

    async def _leaves_to_terminate(self) -> str:
        return await self._leaves(workflow.ParentClosePolicy.TERMINATE)

    async def _leaves_to_cancel(self) -> str:
        return await self._leaves(workflow.ParentClosePolicy.REQUEST_CANCEL)

    async def _leaves_to_itself(self) -> str:
        return await self._leaves(workflow.ParentClosePolicy.ABANDON)

    async def _leaves(self, policy: workflow.ParentClosePolicy) -> str:
        await workflow.start_child_workflow(Child.run, "waits", id=self._kid, parent_close_policy=policy)
        await asyncio.sleep(1)
        return "left"

    async def _goes_on_without(self) -> str:
        await workflow.start_child_workflow(Child.run, "waits", id=self._kid)
        await asyncio.sleep(1)
        workflow.continue_as_new("is_alone")

    async def _is_alone(self) -> str:
        await asyncio.sleep(2)
        return "alone"

    async def _cancels_before_start(self) -> str:
        starting = asyncio.create_task(workflow.execute_child_workflow(Child.run, "waits", id=self._kid))
        await asyncio.sleep(0)
        starting.cancel()
        try:
            return await starting
        except asyncio.CancelledError:
            return "never started"

    async def _signals(self) -> str:
        handle = await workflow.start_child_workflow(Inbox.run, id=self._kid)
        await handle.signal(Inbox.say, "hello")
        await workflow.get_external_workflow_handle(self._kid).signal("say", "end")
        return str(await handle)

    async def _signals_nobody(self) -> str:
        try:
            await workflow.get_external_workflow_handle("nobody").signal("say", "end")
        except ApplicationError as error:
            return f"{error.message}/{error.type}"
        return "signalled"

    async def _cancels_nobody(self) -> str:
        try:
            await workflow.get_external_workflow_handle("nobody").cancel()
        except ApplicationError as error:
            return f"{error.message}/{error.type}"
        return "cancelled"

    async def _cancels_outside(self) -> str:
        handle = await workflow.start_child_workflow(Child.run, "waits", id=self._kid)
        await workflow.get_external_workflow_handle(self._kid).cancel(reason="enough")
        return await handle


FLOWS = (Parent, Child)
