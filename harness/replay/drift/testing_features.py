"""The application of all feature workflows, as the gate finds one: by the name of its module."""

from __future__ import annotations

from types import SimpleNamespace

from temporalio.worker import UnsandboxedWorkflowRunner

from harness.sim.features.testing_acts import ALL
from harness.sim.features.testing_features import FLOWS, QUEUE

NEVER_SERVED = "nowhere"
"""One feature is that nothing serves an activity; that it was served and is no more is another matter."""
ACTIVITIES = (*(getattr(each, "__temporal_activity_definition").name for each in ALL), NEVER_SERVED)

app = SimpleNamespace(
    queues={QUEUE: SimpleNamespace(workflows=FLOWS, activities=ACTIVITIES)},
    activities=lambda ports: ALL,
    worker_options={"workflow_runner": UnsandboxedWorkflowRunner()},
)
