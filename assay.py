"""The public face of Assay: what another team imports to try its own Temporal workflows.

    from assay import Claim, Evidence, LivenessCheck, Plan, PlanNemesis, PlannedFault
    from assay import TemporalUser, listen  # in a locustfile; needs `pip install 'temporal-assay[load]'`
    from assay import strict_toxiproxy  # chaos on links by hand; needs `pip install 'temporal-assay[toxiproxy]'`

Names that stand here stay; where in ``harness`` and ``chaos`` they lie is nobody's business. An application needs none
of them: it stays ordinary Temporal code.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from chaos.fault import Fault, Milestone
from chaos.nemesis import PlanNemesis
from chaos.plan import CutPoint, HoldPoint, Plan, PlannedFault
from harness.application.queue import Queue
from harness.application.schedule import Schedule
from harness.errors import UsageError
from harness.experiment.claim import Claim, Evidence, Nemesis, TryClaim
from harness.experiment.site import Caller, Site
from harness.experiment.workload import Answer, PlannedOperation, Workload
from harness.judge.check import Check
from harness.judge.checks.cuts import CutsCheck
from harness.judge.checks.effects import Acts, Delivery, EffectsCheck, Promise
from harness.judge.checks.held import HeldCheck
from harness.judge.checks.latency import LatencyCheck
from harness.judge.checks.leaks import LeaksCheck
from harness.judge.checks.liveness import LivenessCheck
from harness.judge.checks.replay import ReplayCheck
from harness.judge.checks.retries import RetriesCheck
from harness.judge.checks.vacuity import VacuityCheck
from harness.judge.ending import CANCELED, COMPLETED, FAILED, TERMINATED, TIMED_OUT, ends, failed
from harness.record.record import Effect, Outcome, Record
from harness.report.vocabulary import Vocabulary
from harness.seed import Seed
from harness.stack.links.strict_toxiproxy import strict_toxiproxy
from harness.stack.links.strict_types import StrictProxy, StrictToxic, StrictToxiproxy
from harness.stack.links.toxiproxy_api import ToxiproxyError
from harness.verdict import CheckResult, Finding, Verdict

if TYPE_CHECKING:
    from harness.load.client.operations import Operations
    from harness.load.client.own_options import Option
    from harness.load.client.user import TemporalUser
    from harness.load.drive.wiring import listen

# locust replaces the standard library's sockets as soon as it is imported, which no other process may suffer.
LOAD = {
    "Operations": "harness.load.client.operations",
    "Option": "harness.load.client.own_options",
    "TemporalUser": "harness.load.client.user",
    "listen": "harness.load.drive.wiring",
}

__all__ = [
    "CANCELED",
    "COMPLETED",
    "FAILED",
    "TERMINATED",
    "TIMED_OUT",
    "Acts",
    "Answer",
    "Caller",
    "Check",
    "CheckResult",
    "Claim",
    "CutPoint",
    "CutsCheck",
    "Delivery",
    "Effect",
    "EffectsCheck",
    "Evidence",
    "Fault",
    "Finding",
    "HeldCheck",
    "HoldPoint",
    "LatencyCheck",
    "LeaksCheck",
    "LivenessCheck",
    "Milestone",
    "Nemesis",
    "Operations",
    "Option",
    "Outcome",
    "Plan",
    "PlanNemesis",
    "PlannedFault",
    "PlannedOperation",
    "Promise",
    "Queue",
    "Record",
    "ReplayCheck",
    "RetriesCheck",
    "Schedule",
    "Seed",
    "Site",
    "StrictProxy",
    "StrictToxic",
    "StrictToxiproxy",
    "TemporalUser",
    "ToxiproxyError",
    "TryClaim",
    "UsageError",
    "VacuityCheck",
    "Verdict",
    "Vocabulary",
    "Workload",
    "ends",
    "failed",
    "listen",
    "strict_toxiproxy",
]


def __getattr__(name: str) -> Any:
    """What load needs, imported when it is asked for.

    :raises ImportError: the extra ``load`` is not installed.
    """
    if name not in LOAD:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    try:
        return getattr(importlib.import_module(LOAD[name]), name)
    except ModuleNotFoundError as error:
        raise ImportError(f"{name} needs the extra `load`: pip install 'temporal-assay[load]' ({error})") from error
