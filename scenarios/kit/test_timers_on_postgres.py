"""The invoices' timers on a server that keeps its state in Postgres: the tests of the dev server, on this one."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable

import pytest
from temporalio.client import Client

from harness.stack.testing_full import full_stack
from workflows.app import app
from workflows.conftest import _late_heartbeats_are_no_death, running  # noqa: F401 - fixtures of the tests below
from workflows.invoices.timers.test_course import (  # noqa: F401 - tests of this module, too
    test_a_reminder_that_was_over_before_it_was_sent_is_not_made_up_for,
    test_paid_on_either_side_of_each_instant,
    test_unpaid_it_is_reminded_of_past_due_and_closed_to_the_instant,
)
from workflows.invoices.timers.test_races import (  # noqa: F401
    alone,
    test_a_payment_that_is_taken_up_after_the_instant_is_refused,
    test_a_payment_that_was_taken_up_before_the_instant_counts,
    test_whether_it_was_cancelled_the_answer_and_the_end_agree,
)
from workflows.invoices.timers.test_retries import (  # noqa: F401
    test_after_the_last_attempt_it_is_held_until_it_is_resumed,
    test_each_retry_waits_for_twice_as_long_as_the_one_before,
)

pytestmark = [pytest.mark.full, pytest.mark.xdist_group("full"), pytest.mark.timeout(300)]


@pytest.fixture(autouse=True, params=["v2-on-postgres"])
def engine(request: pytest.FixtureRequest, record_property: Callable[[str, object], None]) -> str:
    """Stands in the id of each test, and in a report of JUnit."""
    record_property("engine", request.param)
    return str(request.param)


@pytest.fixture(scope="module")
async def client(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Client]:
    """A client of the full stack with the application's data converter."""
    async with full_stack(tmp_path_factory.mktemp("full"), attributes=app.search_attributes) as up:
        yield Client(up.client.service_client, namespace=up.client.namespace, data_converter=app.data_converter)
