"""What the simulated companies of all families share: what is left of their operations, and what judges them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

from harness.experiment.claim import Claim
from harness.experiment.workload import PlannedOperation
from harness.judge.check import Check
from harness.judge.checks.latency import LatencyCheck
from harness.judge.checks.vacuity import VacuityCheck


def left_of(operations: Sequence[PlannedOperation], without: Collection[str]) -> Sequence[PlannedOperation]:
    """The operations without some of them, and without all that needs one that is gone.

    :param without: subjects and ids of operations.
    """
    found = [each for each in operations if each.subject not in without and each.operation_id not in without]
    left = {each.operation_id for each in found}
    while missing := {each.operation_id for each in found if not left.issuperset(each.needs)}:
        found = [each for each in found if each.operation_id not in missing]
        left -= missing
    return [replace(each, follows=tuple(name for name in each.follows if name in left)) for each in found]


def simulated_checks(claim: Claim) -> tuple[Check, ...]:
    """The checks of a claim without those that ask whether a run had something to show: that the campaign asks."""
    return tuple(check for check in claim.checks if not isinstance(check, VacuityCheck | LatencyCheck))
