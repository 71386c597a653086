"""What a plan breaks that is not ours is named; what is ours is not."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.application.contract import load_application
from harness.config import load_config
from harness.experiment.bring_up import WORLD
from harness.experiment.claims import claim_names, load_claim
from harness.experiment.reach import out_of_reach
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


@pytest.mark.parametrize("number", [1, 2, 3])
def test_every_claim_that_names_the_stack_external_keeps_within_reach(number: int) -> None:
    config = load_config(Path(__file__))
    ours = [WORLD, *(service.name for service in load_application(config.app).services)]
    claims = [load_claim(config, name) for name in claim_names(config)]
    external = [claim for claim in claims if "external" in claim.stacks]
    assert external
    for claim in external:
        assert out_of_reach(claim.nemesis(Seed(number)).describe(), ours) == [], claim.name
