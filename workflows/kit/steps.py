"""Performs the steps of a workflow and holds those that fail for good, until a person lets them go on.

A refusal is not the news that nothing has happened: an earlier attempt may have been heard, and its answer lost. Only
where the very first attempt of a step was refused, and said so, was nothing ever asked before, and so nothing done
(``StepGivenUp.never_happened``).

Part of the workflow's state: deterministic, and it talks to Temporal only through the workflow API.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TypeVar

from temporalio import workflow
from temporalio.exceptions import ActivityError, ApplicationError, RetryState, is_cancelled_exception
from temporalio.workflow import ActivityConfig

from workflows.kit.retry import ORDINARY

Activities = TypeVar("Activities")
Argument = TypeVar("Argument")
Result = TypeVar("Result")


class StepGivenUp(Exception):
    """A held step will not be done any more: what it was for is no longer wanted.

    :param never_happened: whether it was certainly not done before either.
    """

    def __init__(self, message: str, *, never_happened: bool) -> None:
        super().__init__(message)
        self.never_happened = never_happened


def refused(error: ActivityError) -> bool:
    """Whether the receiver refused the step's last attempt for good."""
    return error.retry_state is RetryState.NON_RETRYABLE_FAILURE


def _refused_at_once(error: ActivityError) -> bool:
    """Whether the first attempt was refused: then the activity says so by the number 1 in the details of its error."""
    return refused(error) and isinstance(error.cause, ApplicationError) and tuple(error.cause.details) == (1,)


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
        step: Callable[[Activities, Argument], Awaitable[Result]],
        argument: Argument,
        *,
        options: ActivityConfig = ORDINARY,
        give_up: Callable[[ActivityError], bool] = _never,
    ) -> Result:
        """Run an activity; when it fails for good, hold until it is resumed and run it again.

        :param options: time-outs and retries.
        :param give_up: asked while the step is held, with what it failed with.
        :raises StepGivenUp: when ``give_up`` says so.
        """
        never_happened = True
        while True:
            try:
                return await workflow.execute_activity_method(step, argument, **options)
            except ActivityError as error:
                if is_cancelled_exception(error):
                    raise
                never_happened = never_happened and _refused_at_once(error)
                if not await self._resumed(error, give_up):
                    message = f"{error.activity_type} is no longer wanted"
                    raise StepGivenUp(message, never_happened=never_happened) from error

    async def _resumed(self, error: ActivityError, give_up: Callable[[ActivityError], bool]) -> bool:
        """Hold the step; ``False`` when it is given up."""
        workflow.logger.warning("step %s is held: %s", error.activity_type, error.cause)
        resumed_before = self._resumed_count
        self._held.append(error.activity_type)
        self._changed()
        await workflow.wait_condition(lambda: self._resumed_count > resumed_before or give_up(error))
        # Not in a `finally`: that would also run when a worker lets go of the workflow, and may command nothing there.
        self._held.remove(error.activity_type)
        self._changed()
        return self._resumed_count > resumed_before
