"""A list of executions names those that a server would name, and what it cannot ask for is refused by name."""

from __future__ import annotations

import pytest

from harness.errors import UsageError
from harness.sim.client.client import SimClient
from harness.sim.features.testing_features import QUEUE
from harness.sim.features.testing_simulating import KIT
from harness.sim.kernel.choices import Drawn
from harness.sim.kernel.swarm import CALM
from harness.sim.refusal import NotSimulated
from harness.sim.simulation import Simulation
from harness.simulate.visibility import HarnessClient


def listed(query: str) -> list[str]:
    """The ids of what is listed once one execution has completed and another one waits."""
    simulation = Simulation(KIT, Drawn(1, CALM))

    async def call(client: SimClient) -> list[str]:
        await client.execute_workflow("Waits", "attributes", id="done", task_queue=QUEUE)
        await client.start_workflow("Waits", "long", id="waiting", task_queue=QUEUE)
        return [each.id async for each in HarnessClient(client, simulation.server).list_workflows(query)]

    simulation.call(call)
    [answer] = simulation.run().answers
    if isinstance(answer, Exception):
        raise answer
    return list(answer)


@pytest.mark.parametrize(
    ("query", "ids"),
    [
        ("", ["done", "waiting"]),
        ("ExecutionStatus='Running'", ["waiting"]),
        ('ExecutionStatus="Completed"', ["done"]),
        ('ExecutionStatus="Completed" AND WorkflowId="waiting"', []),
        ('WorkflowType="Waits" AND TaskQueue="features"', ["done", "waiting"]),
        ('WorkflowId="waiting"', ["waiting"]),
        ('BusinessStatus="sent"', []),
    ],
)
def test_what_is_listed(query: str, ids: list[str]) -> None:
    assert listed(query) == ids


def test_an_attribute_that_is_not_kept_is_refused_by_name() -> None:
    with pytest.raises(NotSimulated, match="CloseTime is not simulated; ExecutionStatus, RunId"):
        listed('CloseTime="2026-01-01"')


def test_a_status_that_there_is_not_is_the_workloads_mistake() -> None:
    with pytest.raises(UsageError, match="there is no status 'Done'; there are Running, Completed"):
        listed('ExecutionStatus="Done"')
