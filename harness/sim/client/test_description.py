"""What is told of an execution is what the SDK tells of it, in the SDK's words."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from harness.sim.client.client import SimClient
from harness.sim.features.testing_features import QUEUE
from harness.sim.features.testing_simulating import KIT
from harness.sim.kernel.choices import Drawn
from harness.sim.kernel.swarm import CALM
from harness.sim.simulation import simulate


@dataclass(frozen=True)
class Voucher:
    """A value that JSON alone does not bring back."""

    purpose: str


def test_a_value_of_the_memo_is_read_as_what_it_was_written_as() -> None:
    async def call(client: SimClient) -> object:
        memo = {"voucher": Voucher("tea")}
        handle = await client.start_workflow("Waits", "timer", id="w", task_queue=QUEUE, memo=memo)
        known = await handle.describe()
        with pytest.raises(KeyError, match="another"):
            await known.memo_value("another")
        told = await known.memo_value("voucher", type_hint=Voucher), await known.memo_value("another", None)
        return await known.memo(), *told

    result = simulate(KIT, Drawn(1, CALM), [call])
    assert result.answers[0] == ({"voucher": {"purpose": "tea"}}, Voucher("tea"), None)
