"""Performs the steps of a workflow and holds those that fail for good, until a person lets them go on.

Part of the workflow's state: deterministic, and it talks to Temporal only through the workflow API.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TypeVar

from temporalio import workflow
from temporalio.exceptions import ActivityError, RetryState, is_cancelled_exception

from workflows.invoices.activities import InvoiceActivities
from workflows.retry import ORDINARY

Argument = TypeVar("Argument")
Result = TypeVar("Result")


class StepGivenUp(Exception):
    """A held step will not be done: what it was for is no longer wanted."""


def refused(error: ActivityError) -> bool:
    """Whether the receiver refused the step for good: then it has certainly not happened."""
    return error.retry_state is RetryState.NON_RETRYABLE_FAILURE


def _never(_error: ActivityError) -> bool:
    return False


class Steps:
    """The steps of one workflow.

    :param changed: called whenever a step is held or goes on.
    """

    def __init__(self, changed: Callable[[], None]) -> None:
        self._changed = changed
        self._held: list[str] = []
        self._resumed_count = 0

    @property
    def held(self) -> tuple[str, ...]:
        """The names of the activities that wait for :meth:`resume`."""
        return tuple(self._held)

    def resume(self) -> None:
        """Let every held step try again."""
        self._resumed_count += 1

    async def perform(
        self,
        step: Callable[[InvoiceActivities, Argument], Awaitable[Result]],
        argument: Argument,
        *,
        give_up: Callable[[ActivityError], bool] = _never,
    ) -> Result:
        """Run an activity; when it fails for good, hold until it is resumed and run it again.

        :param give_up: asked while the step is held, with what it failed with.
        :raises StepGivenUp: when ``give_up`` says so.
        """
        while True:
            try:
                return await workflow.execute_activity_method(step, argument, **ORDINARY)
            except ActivityError as error:
                if is_cancelled_exception(error):
                    raise
                await self._hold(error, give_up)

    async def _hold(self, error: ActivityError, give_up: Callable[[ActivityError], bool]) -> None:
        workflow.logger.warning("step %s is held: %s", error.activity_type, error.cause)
        resumed_before = self._resumed_count
        self._held.append(error.activity_type)
        self._changed()
        await workflow.wait_condition(lambda: self._resumed_count > resumed_before or give_up(error))
        # Not in a `finally`: that would also run when a worker lets go of the workflow, and may command nothing there.
        self._held.remove(error.activity_type)
        self._changed()
        if self._resumed_count == resumed_before:
            raise StepGivenUp(f"{error.activity_type} is no longer wanted") from error
