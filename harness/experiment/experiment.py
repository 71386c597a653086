"""One run of one claim, prepared: all that the phases of a run need to know."""

from __future__ import annotations

from dataclasses import dataclass

from harness.experiment.bring_up import Blueprint
from harness.experiment.claim import Claim, Nemesis
from harness.experiment.workload import Workload
from harness.record.record import RunInfo


@dataclass(frozen=True)
class Experiment:
    """One run of one claim: what, on what, and where its record goes."""

    claim: Claim
    info: RunInfo
    blueprint: Blueprint
    nemesis: Nemesis
    workload: Workload
