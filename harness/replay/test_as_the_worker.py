"""A history is replayed as the worker of its queue ran it: its interceptors, its sandbox, its own workflows."""

from __future__ import annotations

from pathlib import Path

from harness.replay.supervisor import ReplayJob
from harness.replay.testing_replay import job, outcomes, sleeper_history

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
