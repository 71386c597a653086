"""Every feature on a real server, now: the simulator says the same, in event types and in all attributes."""

from __future__ import annotations

import pytest

from harness.sim.features.testing_compare import difference, said, shapes
from harness.sim.features.testing_features import CONCURRENT, FEATURES
from harness.sim.features.testing_recording import recorded
from harness.sim.features.testing_simulating import simulated
from harness.stack.client import connect_client

pytestmark = [pytest.mark.long, pytest.mark.timeout(290)]


async def test_the_simulator_does_what_a_server_does(temporal_address: str) -> None:
    real = await recorded(await connect_client(temporal_address))
    different = {}
    for name in FEATURES:
        result = simulated(name)
        ours = shapes(run.history.to_json_dict() for run in result.runs)
        told = difference(ours, real[name]["histories"], any_order=name in CONCURRENT)
        if said(result.answers[0]) != real[name]["said"]:
            told.append(f"the simulator's caller says {result.answers[0]}, a server's {real[name]['said']}")
        if told:
            different[name] = told
    assert not different
