"""A history is replayed as the worker of its queue ran it: its interceptors, its sandbox, its own workflows."""

from __future__ import annotations

import inspect
from dataclasses import replace
from pathlib import Path

import pytest
from temporalio.worker import Replayer, Worker

from harness.replay.replayer import OPTIONS
from harness.replay.supervisor import ReplayJob
from harness.replay.testing_replay import CHANGED, SAME, job, outcomes, sleeper_history

INTERCEPTED = """
from temporalio.worker import Interceptor, WorkflowInboundInterceptor

class Sleeps(WorkflowInboundInterceptor):
    async def execute_workflow(self, input):
        await asyncio.sleep(60)
        return await super().execute_workflow(input)

class Intercepting(Interceptor):
    def workflow_interceptor_class(self, input):
        return Sleeps

app.interceptors = (Intercepting(),)
"""
COUNTED = """
slept = 0

def sleep_once():
    global slept
    slept += 1
    return asyncio.sleep(60 if slept == 1 else 0)
"""
ELSEWHERE = """
@workflow.defn(name="Sleeper")
class Elsewhere:
    @workflow.run
    async def run(self) -> str:
        return "slept"

app.queues["elsewhere"] = SimpleNamespace(workflows=(Elsewhere,), activities=())
"""


def more(made: ReplayJob, text: str) -> ReplayJob:
    """The job with more in the application's module."""
    with (made.version_folder / "sleeping.py").open("a") as module:
        module.write(text)
    return made


async def test_it_is_replayed_through_the_interceptors_of_the_worker(tmp_path: Path) -> None:
    made = more(job(tmp_path, body="pass", histories=1), INTERCEPTED)

    assert await outcomes(made) == {"run-0": ("ok", "")}


async def test_it_is_replayed_in_the_sandbox_that_the_worker_has(tmp_path: Path) -> None:
    """In it each workflow has the module for itself: what counts there is the same each time."""
    made = more(job(tmp_path, body="await sleep_once()"), f"{COUNTED}\ndel app.worker_options\n")

    assert await outcomes(made) == {"run-0": ("ok", ""), "run-1": ("ok", "")}


async def test_two_queues_may_serve_workflows_of_one_name(tmp_path: Path) -> None:
    made = more(job(tmp_path, histories=1), ELSEWHERE)
    (made.histories / "other.json").write_text(sleeper_history("other", queue="elsewhere"))
    (made.histories / "third.json").write_text(sleeper_history("third", queue="unknown-here"))

    found = await outcomes(made)
    assert {run: outcome for run, (outcome, _) in found.items()} == {
        "run-0": "ok",
        "other": "nondeterminism",
        "third": "ok",
    }


async def test_where_no_worker_serves_a_workflow_nothing_is_replayed_and_it_is_told(tmp_path: Path) -> None:
    made = more(job(tmp_path, histories=1), "\nqueue.workflows = ()\n")

    told = "no worker serves any workflow, so nothing can replay it"
    assert await outcomes(made) == {"run-0": ("error", told)}


FAILING = 'await asyncio.sleep(60); raise ValueError("no money")'


@pytest.mark.parametrize(("failures", "outcome"), [("(ValueError,)", "ok"), ("()", "error")])
async def test_a_workflow_fails_on_what_the_worker_says_it_fails_on(
    tmp_path: Path, failures: str, outcome: str
) -> None:
    made = job(tmp_path, body=FAILING, failures=failures, histories=0)
    (made.histories / "run-0.json").write_text(sleeper_history("run-0", failure="no money"))

    assert {run: found for run, (found, _) in (await outcomes(made)).items()} == {"run-0": outcome}


@pytest.mark.parametrize(
    ("environment", "namespace"), [({"TEMPORAL_NAMESPACE": "orders"}, "orders"), ({}, "default")], ids=["named", "not"]
)
async def test_it_is_replayed_in_the_namespace_that_it_ran_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, environment: dict[str, str], namespace: str
) -> None:
    monkeypatch.delenv("TEMPORAL_NAMESPACE", raising=False)
    body = f"if workflow.info().namespace != {namespace!r}: {CHANGED}\n        {SAME}"
    made = job(tmp_path, body=body, histories=1)
    assert (await outcomes(replace(made, environment=environment)))["run-0"][0] == "ok"


OF_THIS_REPLAY = {"self", "build_id", "identity", "debug_mode", "workflow_task_executor"}
"""What decides nothing of what a workflow does."""
OF_THE_CLIENT = {"data_converter", "header_codec_behavior"}


def test_a_replayer_is_made_with_all_that_it_can_be_made_with_as_the_worker() -> None:
    worker, replayer = (set(inspect.signature(made.__init__).parameters) for made in (Worker, Replayer))
    assert set(OPTIONS) == (worker & replayer) - OF_THIS_REPLAY | OF_THE_CLIENT
