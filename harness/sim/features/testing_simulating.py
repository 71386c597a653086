"""Runs a feature in the simulator."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import temporalio.converter
from temporalio.worker import WorkflowRunner

from harness.sim.features.testing_acts import ALL
from harness.sim.features.testing_features import FEATURES, FLOWS, QUEUE
from harness.sim.kernel.choices import Choices, Drawn
from harness.sim.kernel.swarm import CALM
from harness.sim.result import Result
from harness.sim.simulation import Settings, simulate
from harness.sim.worker.kit import Kit, kit_of

OFTEN = timedelta(milliseconds=100)
"""How often heartbeats are sent here: a cancellation travels with them, and nobody wants to wait for it."""


def feature_kit(runner: WorkflowRunner | None = None) -> Kit:
    """The feature workflows and their activities."""
    return kit_of(
        workflows={QUEUE: FLOWS},
        activities=ALL,
        converter=temporalio.converter.default(),
        runner=runner,
        beats_every=OFTEN,
        beats_at_most_every=OFTEN,
    )


KIT = feature_kit()
PLAIN = Settings()


def simulated(name: str, choices: Choices | None = None, settings: Settings = PLAIN, kit: Kit = KIT) -> Result:
    """One feature, by default with no fault; its execution is called like it."""

    async def call(client: Any) -> str:
        return await FEATURES[name](client, name)

    return simulate(kit, choices or Drawn(1, CALM), [call], settings)
