"""What the simulator's client lacks is refused by name, and no `except` of the application hides it."""

from __future__ import annotations

import contextlib
import copy
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest

from harness.sim.client.client import SimClient
from harness.sim.client.handle import SimHandle
from harness.sim.features.testing_features import QUEUE
from harness.sim.features.testing_simulating import KIT
from harness.sim.kernel.choices import Drawn
from harness.sim.kernel.swarm import CALM
from harness.sim.refusal import NotSimulated
from harness.sim.simulation import simulate

SECOND = timedelta(seconds=1)


def test_an_option_that_it_does_not_know_ends_the_simulation() -> None:
    async def call(client: SimClient) -> None:
        with contextlib.suppress(Exception):
            await client.start_workflow("Waits", "timer", id="w", task_queue=QUEUE, request_eager_start=True)

    with pytest.raises(NotSimulated, match="starting w: request_eager_start is not simulated"):
        simulate(KIT, Drawn(1, CALM), [call])


@pytest.mark.parametrize(
    ("call", "told"),
    [
        (lambda handle: handle.query("words", reject_condition=1), "the query words of w: reject_condition"),
        (lambda handle: handle.execute_update("add", "a", rpc_timeout=SECOND), "the update add of w: rpc_timeout"),
        (lambda handle: handle.result(rpc_timeout=SECOND), "the result of w: rpc_timeout"),
        (lambda handle: handle.terminate(whatever="x"), "terminating w: whatever"),
    ],
)
def test_an_option_that_a_handle_does_not_know_ends_the_simulation(
    call: Callable[[SimHandle], Awaitable[Any]], told: str
) -> None:
    async def asks(client: SimClient) -> None:
        with contextlib.suppress(Exception):
            await call(await _handle(client))

    with pytest.raises(NotSimulated, match=f"{told} is not simulated; leave it out"):
        simulate(KIT, Drawn(1, CALM), [asks])


def test_the_time_of_one_call_is_nobodys_business_here() -> None:
    async def call(client: SimClient) -> None:
        await (await _handle(client)).cancel(rpc_timeout=SECOND, rpc_metadata={})

    assert simulate(KIT, Drawn(1, CALM), [call]).answers == (None,)


async def _handle(client: SimClient) -> SimHandle:
    return await client.start_workflow("Waits", "timer", id="w", task_queue=QUEUE)


async def _described(client: SimClient) -> Any:
    return await (await _handle(client)).describe()


async def _raw(client: SimClient) -> Any:
    return (await _described(client)).raw_info


async def _client(client: SimClient) -> Any:
    return client


@pytest.mark.parametrize(
    ("asked", "name", "told"),
    [
        (_client, "list_workflows", "client.list_workflows"),
        (_handle, "fetch_history_events", "WorkflowHandle.fetch_history_events"),
        (_described, "execution_time", "WorkflowExecutionDescription.execution_time"),
        (_described, "static_summary", "WorkflowExecutionDescription.static_summary"),
        (_raw, "state_transition_count", "WorkflowExecutionInfo.state_transition_count"),
    ],
)
def test_what_only_the_sdk_has_ends_the_simulation(
    asked: Callable[[SimClient], Awaitable[Any]], name: str, told: str
) -> None:
    async def call(client: SimClient) -> None:
        with contextlib.suppress(Exception):
            getattr(await asked(client), name)

    with pytest.raises(NotSimulated, match=f"{told} is not simulated; do without it"):
        simulate(KIT, Drawn(1, CALM), [call])


@pytest.mark.parametrize("asked", [_handle, _described, _raw])
def test_what_the_sdk_has_not_is_no_attribute_here_either(asked: Callable[[SimClient], Awaitable[Any]]) -> None:
    async def call(client: SimClient) -> object:
        found = await asked(client)
        return [hasattr(found, name) for name in ("__len__", "_fields", "colour")], copy.copy(found) is not None

    assert simulate(KIT, Drawn(1, CALM), [call]).answers[0] == ([False, False, False], True)
