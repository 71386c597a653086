"""What of a plan can strike on a real server, and what cannot.

A real server and its SDK decide for themselves how long a message takes and which worker has a run in its cache, and a
worker in the harness's own process cannot die alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from harness.sim.client.calls import FAULTS as CALL_FAULTS
from harness.sim.kernel.plan import LAG
from harness.sim.worker.attempt import FAULTS as ATTEMPT_FAULTS
from harness.simulate.plan_file import PlanFile

DEATH = "worker-dies-in-activity"
CARRIED = (*(kind for kind in ATTEMPT_FAULTS if kind != DEATH), *CALL_FAULTS)
"""Kinds of fault that strike here as they do there; those of the world do, too."""


def left_behind(file: PlanFile, faults_of_world: Sequence[str]) -> Sequence[str]:
    """What of the plan cannot be tried on a real server, each in words; nothing where all can.

    :param faults_of_world: the kinds of fault of the project's world.
    """
    return list(_left_behind(file, frozenset(CARRIED) | frozenset(faults_of_world)))


def _left_behind(file: PlanFile, carried: frozenset[str]) -> Iterator[str]:
    if file.crash_every_task:
        yield "every workflow is rebuilt after every task"
    for place, choice in file.plan.choices.items():
        if choice.kind == LAG:
            yield f"a message takes its time: {place}"
        elif choice.kind not in carried:
            yield f"{choice.kind} at {place}"
