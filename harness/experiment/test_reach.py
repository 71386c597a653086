"""What a plan breaks that is not ours is named; what is ours is not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from temporalio import workflow
from temporalio.common import RawValue

from harness.application.contract import load_application
from harness.application.queue import Queue
from harness.config import load_config
from harness.errors import UsageError
from harness.experiment.bring_up import STACKS, WORLD
from harness.experiment.claim import Claim, Evidence
from harness.experiment.claims import claim_names, load_claim
from harness.experiment.reach import Targets, out_of_reach, require_types
from harness.judge.checks.liveness import LivenessCheck
from harness.judge.ending import COMPLETED, ends
from harness.seed import Seed

OURS = ("world", "api")


def fault(fault_id: str, kind: str, **parameters: object) -> dict[str, object]:
    return {"fault_id": fault_id, "kind": kind, "parameters": parameters, "after_seconds": 1.0}


def test_workers_the_world_and_services_are_within_reach() -> None:
    plan = [
        fault("a", "worker-kill", slot=1, down_seconds=1.0),
        fault("b", "worker-kill-all", down_seconds=1.0),
        fault("c", "service-errors", service="accounting", error_rate=0.5, for_seconds=1.0),
        fault("d", "process-kill", process="api", down_seconds=1.0),
        fault("e", "process-pause", process="world", paused_seconds=1.0),
    ]
    assert out_of_reach(plan, OURS) == []


def test_the_server_its_database_and_links_are_not_and_each_is_named() -> None:
    plan = [
        fault("a", "process-kill", process="temporal", down_seconds=1.0),
        fault("b", "worker-kill", slot=1, down_seconds=1.0),
        fault("c", "link-cut", link="client-frontend", for_seconds=1.0),
        fault("d", "postgres-read-only", for_seconds=1.0),
    ]
    assert out_of_reach(plan, OURS) == [
        "a breaks the process temporal",
        "c breaks the link client-frontend",
        "d is a postgres-read-only",
    ]


def test_a_plan_in_other_words_is_not_ours_to_judge() -> None:
    assert out_of_reach([{}, {"kind": "moon-phase"}], OURS) == []


@workflow.defn
class Order:
    @workflow.run
    async def run(self) -> None: ...


@workflow.defn(name="Refund")
class Back:
    @workflow.run
    async def run(self) -> None: ...


@workflow.defn(dynamic=True)
class Anything:
    @workflow.run
    async def run(self, given: Sequence[RawValue]) -> None: ...


def made_never(seed: Seed) -> Any:
    raise AssertionError


def claimed(ends_of: str) -> Claim:
    check = LivenessCheck(frozenset(), 10.0, ends={ends_of: ends(COMPLETED)})
    return Claim("orders", "promise", made_never, made_never, (check,), Evidence(1))


@pytest.mark.parametrize(
    ("workflows", "there"),
    [
        ([Order, Back], "Refund, Order"),
        ([Order], "Order"),
        ([], "none"),
        ([Order, Anything], None),
    ],
    ids=["misspelt", "of another", "no workflow", "a dynamic one"],
)
def test_ends_are_of_types_that_there_are(workflows: list[type], there: str | None) -> None:
    app = replace(load_application("workflows.app"), queues={"orders": Queue(tuple(workflows), ())})
    if Order in workflows:
        require_types(claimed("Order"), app)
    if there is None:
        require_types(claimed("Refnd"), app)
        return
    told = rf"test_reach.py:\d+: the claim 'orders': LivenessCheck states ends of 'Refnd', .*; there are {there}$"
    with pytest.raises(UsageError, match=told):
        require_types(claimed("Refnd"), app)


@pytest.mark.parametrize("stack", ["dev", "full", "compose"])
def test_a_process_that_is_not_there_is_refused_on_every_stack_of_ours(stack: str) -> None:
    kind = STACKS[stack]
    there = Targets(3, world=True, links=kind.links, containers=kind.containers, processes=(*kind.alone, *OURS))
    plan = [fault(name, "process-kill", process=name, down_seconds=1.0) for name in (*kind.alone, *OURS)]
    assert there.lack(plan) == []
    [told] = there.lack([fault("a", "process-kill", process="apy", down_seconds=1.0)])
    assert told.startswith("a breaks the process 'apy', which is not there; there are api, ")


@pytest.mark.parametrize("number", [1, 2, 3])
def test_every_claim_that_names_the_stack_external_keeps_within_reach(number: int) -> None:
    config = load_config(Path(__file__))
    ours = [WORLD, *(service.name for service in load_application(config.app).services)]
    claims = [load_claim(config, name) for name in claim_names(config)]
    external = [claim for claim in claims if "external" in claim.stacks]
    assert external
    for claim in external:
        assert out_of_reach(claim.nemesis(Seed(number)).describe(), ours) == [], claim.name
