"""The retries of an activity come at the instants of its policy, and after the last of them the invoice is held."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest
from temporalio import activity
from temporalio.api.enums.v1 import EventType

from workflows.conftest import Running
from workflows.invoices.model import Status
from workflows.invoices.test_workflow import reaches
from workflows.invoices.testing_outside import Away
from workflows.invoices.testing_samples import sample_invoice
from workflows.invoices.timers.testing_course import begin
from workflows.invoices.workflow import InvoiceProcessing

pytestmark = pytest.mark.time

APART = [timedelta(seconds=seconds) for seconds in (1, 2, 4, 8)]
ATTEMPTS = len(APART) + 1
LATE = timedelta(seconds=3)
"""What a failed attempt itself may take, and being told."""


@dataclass
class Attempts:
    """For ``before``: the first attempts of one operation fail; notes for when the server had planned each of all.

    :ivar planned: in the time of the server, which skips the waiting between them.
    """

    operation: str
    fail: int
    planned: list[datetime] = field(default_factory=list)

    async def __call__(self, operation: str) -> None:
        if operation == self.operation:
            self.planned.append(activity.info().current_attempt_scheduled_time)
            if len(self.planned) <= self.fail:
                raise Away("it has failed")


@pytest.mark.parametrize("fail", [1, ATTEMPTS - 1])
async def test_each_retry_waits_for_twice_as_long_as_the_one_before(running: Running, fail: int) -> None:
    running.outside.before = attempts = Attempts("book/invoice", fail)
    course = await begin(running, sample_invoice())
    await course.forward()
    assert (await course.handle.result()).status is Status.OVERDUE
    apart = [later - earlier for earlier, later in itertools.pairwise(attempts.planned)]
    assert len(apart) == fail
    assert all(wanted <= found < wanted + LATE for wanted, found in zip(APART, apart, strict=False))


async def test_after_the_last_attempt_it_is_held_until_it_is_resumed(running: Running) -> None:
    running.outside.before = attempts = Attempts("book/invoice", ATTEMPTS)
    course = await begin(running, sample_invoice())
    await course.forward(course.invoice.due_at - timedelta(days=20))
    await reaches(course.handle, Status.HELD)
    assert len(attempts.planned) == ATTEMPTS
    await course.handle.signal(InvoiceProcessing.let_held_steps_go_on)
    await reaches(course.handle, Status.SENT)
    assert len(attempts.planned) == ATTEMPTS + 1


async def test_every_activity_is_scheduled_with_the_policy_of_the_guide(running: Running) -> None:
    course = await begin(running, sample_invoice(), -86400)
    await course.forward()
    scheduled = EventType.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED
    found = {
        (told.initial_interval.seconds, told.backoff_coefficient, told.maximum_interval.seconds, told.maximum_attempts)
        async for event in course.handle.fetch_history_events()
        if event.event_type == scheduled
        for told in [event.activity_task_scheduled_event_attributes.retry_policy]
    }
    assert found == {(1, 2.0, 60, 5)}
