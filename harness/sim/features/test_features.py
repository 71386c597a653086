"""Every feature: as a server recorded it, with a crash at every task, through the SDK's Replayer, and among faults."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
import temporalio.converter
from temporalio.worker import Replayer, UnsandboxedWorkflowRunner
from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner

from harness.sim.client.client import SimClient
from harness.sim.features.testing_compare import difference, said, shapes
from harness.sim.features.testing_features import CONCURRENT, FEATURES, FLOWS, QUEUE
from harness.sim.features.testing_simulating import KIT, feature_kit, simulated
from harness.sim.kernel.choices import Drawn, Replayed
from harness.sim.kernel.swarm import CALM, INNOCENT, Swarm
from harness.sim.result import Ended
from harness.sim.simulation import FAULTS, MEDDLING, Settings, simulate

RECORDED = json.loads((Path(__file__).parent / "recorded.json").read_text())


@pytest.mark.parametrize("name", FEATURES)
def test_it_is_as_a_server_recorded_it(name: str) -> None:
    result = simulated(name)
    assert said(result.answers[0]) == RECORDED[name]["said"]
    ours = shapes(run.history.to_json_dict() for run in result.runs)
    assert not difference(ours, RECORDED[name]["histories"], any_order=name in CONCURRENT)
    assert result.ended is Ended.QUIET


@pytest.mark.parametrize("name", FEATURES)
def test_it_is_rebuilt_after_every_task(name: str) -> None:
    calm, crashed = simulated(name), simulated(name, settings=Settings(crash_every_task=True))
    assert crashed.findings == ()
    assert crashed.answers == calm.answers


def test_code_that_fails_its_task_again_and_again_is_found() -> None:
    async def call(client: SimClient) -> None:
        await client.start_workflow("Waits", "a_bug", id="bug", task_queue=QUEUE)

    result = simulate(KIT, Drawn(1, CALM), [call])
    [finding] = result.findings
    assert (finding.kind, finding.workflow_id, finding.message) == ("stuck", "bug", "a bug")
    assert result.runs[0].stuck == "a bug"
    assert result.ended is Ended.QUIET


async def test_the_replayer_accepts_every_history() -> None:
    runner = UnsandboxedWorkflowRunner()
    replayer = Replayer(workflows=FLOWS, workflow_runner=runner, data_converter=temporalio.converter.default())
    for name in FEATURES:
        for seed, swarm in ((1, INNOCENT), (2, Swarm.drawn(2, FAULTS))):
            for run in simulated(name, Drawn(seed, swarm)).runs:
                replayed = await replayer.replay_workflow(run.history, raise_on_replay_failure=False)
                assert replayed.replay_failure is None, f"{name} {seed} {run.workflow_id}: {replayed.replay_failure}"


@pytest.mark.filterwarnings("ignore::temporalio.workflow.UnfinishedUpdateHandlersWarning")
@pytest.mark.filterwarnings("ignore::temporalio.workflow.UnfinishedSignalHandlersWarning")
@pytest.mark.parametrize("name", FEATURES)
def test_faults_break_nothing_of_the_simulators_own(name: str) -> None:
    for seed in range(12):
        settings = Settings(crash_every_task=seed % 3 == 0)
        swarm = Swarm.drawn(seed, (*FAULTS, *MEDDLING))
        first = simulated(name, Drawn(seed, swarm), settings)
        assert [f for f in first.findings if f.kind == "nondeterminism"] == []
        assert first.ended is Ended.QUIET
        again = simulated(name, Drawn(seed, swarm), settings)
        assert again.digest == first.digest
        replayed = simulated(name, Replayed(first.plan), settings)
        assert replayed.digest == first.digest
        assert replayed.plan == first.plan


def test_a_plan_without_its_faults_is_innocent() -> None:
    swarm = replace(Swarm.drawn(4, FAULTS), rates={"activity-fails-after": 900})
    plan = simulated("activity-greet", Drawn(4, swarm)).plan
    assert [choice.kind for choice in plan.faults.values()] == ["activity-fails-after"] * len(plan.faults)
    assert plan.faults
    innocent = simulated("activity-greet", Replayed(plan.without(plan.faults)))
    assert innocent.answers == ("hello Nour",)
    assert innocent.plan.faults == {}


def test_workflows_may_be_kept_in_the_sandbox() -> None:
    kit = feature_kit(SandboxedWorkflowRunner())
    assert simulated("activity-greet", kit=kit).answers == simulated("activity-greet").answers
