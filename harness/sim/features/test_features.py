"""Every feature: as a server recorded it, with a crash at every task, through the SDK's Replayer, and among faults."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import temporalio.converter
from temporalio.common import WorkflowIDConflictPolicy, WorkflowIDReusePolicy
from temporalio.service import RPCError, RPCStatusCode
from temporalio.worker import Replayer, UnsandboxedWorkflowRunner
from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner
from temporalio.workflow import NondeterminismError

from harness.sim.client.client import SimClient
from harness.sim.features.testing_compare import difference, said, shapes
from harness.sim.features.testing_features import CONCURRENT, FEATURES, FLOWS, QUEUE
from harness.sim.features.testing_simulating import KIT, feature_kit, simulated
from harness.sim.kernel.choices import Drawn, Replayed
from harness.sim.kernel.swarm import CALM, INNOCENT, Swarm
from harness.sim.refusal import NotSimulated
from harness.sim.result import Ended
from harness.sim.simulation import FAULTS, MEDDLING, Settings, simulate

# Local activities that run out of time: the SDK tells a replay something else, of a server's own histories too.
TOLD_OTHERWISE = ("local-times-out", "local-whole-time-is-over")
REBUILT = [name for name in FEATURES if name not in TOLD_OTHERWISE]
RECORDED = json.loads((Path(__file__).parent / "recorded.json").read_text())


@pytest.mark.parametrize("name", FEATURES)
def test_it_is_as_a_server_recorded_it(name: str) -> None:
    result = simulated(name)
    assert said(result.answers[0]) == RECORDED[name]["said"]
    ours = shapes(run.history.to_json_dict() for run in result.runs)
    assert not difference(ours, RECORDED[name]["histories"], any_order=name in CONCURRENT)
    assert result.ended is Ended.QUIET


@pytest.mark.parametrize("name", REBUILT)
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


@pytest.mark.parametrize(
    ("what", "options", "told"),
    [
        ("a_bug_at_once", {}, "Unable to query workflow due to Workflow Task in failed state."),
        ("timer", {"start_delay": timedelta(hours=1)}, "Workflow task is not scheduled yet."),
    ],
)
def test_who_asks_a_run_that_cannot_answer_is_told_so(what: str, options: dict[str, Any], told: str) -> None:
    """A server says FAILED_PRECONDITION at once; whoever had to wait for that would wait for ever."""

    async def call(client: SimClient) -> None:
        handle = await client.start_workflow("Waits", what, id="w", task_queue=QUEUE, **options)
        await handle.query("__stack_trace")

    [answer] = simulate(KIT, Drawn(1, CALM), [call]).answers
    assert isinstance(answer, RPCError)
    assert (answer.status, answer.message) == (RPCStatusCode.FAILED_PRECONDITION, told)


def test_a_second_signal_with_start_ends_the_delay_of_the_first() -> None:
    """So the API says of ``workflow_start_delay``; a signal alone has to wait."""

    async def call(client: SimClient) -> str:
        options: dict[str, Any] = {"id": "w", "task_queue": QUEUE, "start_delay": timedelta(seconds=8)}
        first = await client.start_workflow("Busy", "waits", **options)
        await client.start_workflow("Busy", "waits", **options, start_signal="say", start_signal_args=["a"])
        signalled = await client.start_workflow("Busy", "waits", **{**options, "id": "v"})
        await signalled.signal("say", "a")
        return f"{await first.result()}, {await signalled.result()}"

    assert simulate(KIT, Drawn(1, CALM), [call]).answers == ("['a'] at once, ['a'] after its delay",)


def test_whoever_asked_and_has_given_up_is_not_answered() -> None:
    """A query waits for the task that is under way, here with a local activity of 2 s."""

    async def call(client: SimClient) -> str:
        handle = await client.start_workflow("Busy", "completes", id="w", task_queue=QUEUE)
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(1):
                await handle.query("__stack_trace")
        return str(await handle.result())

    assert simulate(KIT, Drawn(1, CALM), [call]).answers == ("completes",)


@pytest.mark.parametrize("reuse", ["TERMINATE_IF_RUNNING", "REJECT_DUPLICATE"])
def test_policies_that_contradict_one_another_are_refused(reuse: str) -> None:
    async def call(client: SimClient) -> None:
        policies: dict[str, Any] = {
            "id_reuse_policy": WorkflowIDReusePolicy[reuse],
            "id_conflict_policy": WorkflowIDConflictPolicy.TERMINATE_EXISTING,
        }
        await client.start_workflow("Waits", "timer", id="w", task_queue=QUEUE, **policies)

    [answer] = simulate(KIT, Drawn(1, CALM), [call]).answers
    assert isinstance(answer, RPCError)
    assert answer.status is RPCStatusCode.INVALID_ARGUMENT


@pytest.mark.parametrize(
    ("what", "told"), [("for_ever", "give it maximum_attempts"), ("whole_time_is_over_for_ever", "shorter")]
)
def test_a_local_activity_that_the_sdk_would_try_for_ever_is_refused(what: str, told: str) -> None:
    async def call(client: SimClient) -> None:
        await client.execute_workflow("Locals", what, id="w", task_queue=QUEUE)

    with pytest.raises(NotSimulated, match=f"would be tried again after its schedule_to_close_timeout.*{told}"):
        simulate(KIT, Drawn(1, CALM), [call])


@pytest.mark.parametrize("name", TOLD_OTHERWISE)
async def test_what_the_sdk_tells_a_replay_otherwise_is_found_here_too(name: str) -> None:
    crashed = simulated(name, settings=Settings(crash_every_task=True))
    assert {finding.kind for finding in crashed.findings} == {"nondeterminism"}
    replayer = Replayer(workflows=FLOWS, workflow_runner=UnsandboxedWorkflowRunner())
    replayed = await replayer.replay_workflow(simulated(name).runs[0].history, raise_on_replay_failure=False)
    assert isinstance(replayed.replay_failure, NondeterminismError)


async def test_the_replayer_accepts_every_history() -> None:
    runner = UnsandboxedWorkflowRunner()
    replayer = Replayer(workflows=FLOWS, workflow_runner=runner, data_converter=temporalio.converter.default())
    for name in REBUILT:
        for seed, swarm in ((1, INNOCENT), (2, Swarm.drawn(2, FAULTS))):
            for run in simulated(name, Drawn(seed, swarm)).runs:
                replayed = await replayer.replay_workflow(run.history, raise_on_replay_failure=False)
                refused = replayed.replay_failure is not None
                assert refused == (name in TOLD_OTHERWISE), (
                    f"{name} {seed} {run.workflow_id}: {replayed.replay_failure}"
                )


@pytest.mark.filterwarnings("ignore::temporalio.workflow.UnfinishedUpdateHandlersWarning")
@pytest.mark.filterwarnings("ignore::temporalio.workflow.UnfinishedSignalHandlersWarning")
@pytest.mark.parametrize("name", REBUILT)
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
