"""A stranger's project as anybody would write it: two activities, an order that needs both, and a claim.

It knows nothing of the simulator. What it charged it keeps in its own memory; a test plants how it does that.
"""

from __future__ import annotations

from pathlib import Path

CAREFUL = "CHARGED.setdefault(order, 10)"
CARELESS = "CHARGED[order] = CHARGED.get(order, 0) + 10"
"""Whoever asks twice pays twice."""

APP = """\
import asyncio
import socket
import threading
import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from temporalio import activity, workflow
from temporalio.common import RetryPolicy
from temporalio.exceptions import ApplicationError

CHARGED = {}

@activity.defn
async def charge(order: str) -> int:
    await asyncio.sleep(0.3)
    {charge}
    return CHARGED[order]

@activity.defn
def pack(order: str) -> str:
    return f"parcel {order}"

@workflow.defn
class Order:
    @workflow.run
    async def run(self, order: str) -> str:
        again = {again}
        paid = await workflow.execute_activity(
            charge, order, start_to_close_timeout=timedelta(seconds=5), retry_policy=again
        )
        parcel = await workflow.execute_activity(pack, order, start_to_close_timeout=timedelta(seconds=5))
        return f"{parcel} for {paid}"

@dataclass(frozen=True)
class Queue:
    workflows: tuple
    activities: tuple

class app:
    queues = {"orders": Queue((Order,), ({served},))}
    activities = staticmethod(lambda ports: [charge, pack])
    subject_of = staticmethod(lambda workflow_id: workflow_id.removeprefix("order-"))
"""

CLAIM = """\
from assay import Answer, Claim, Evidence, LivenessCheck, Outcome, PlannedFault, PlannedOperation, Plan, PlanNemesis

def order(number):
    async def call(site):
        {call}
        await site.client.start_workflow("Order", str(number), id=f"order-{number}", task_queue="orders")
        return Answer(Outcome.OK)
    return call

class Orders:
    def __init__(self, seed):
        draw = seed.stream("orders")
        self.starts = [round(draw.uniform(0, 5), 3) for _ in range(4)]

    def describe(self):
        return {"orders": len(self.starts)}

    async def prepare(self, site): ...

    def canaries(self):
        return []

    def operations(self):
        return [
            PlannedOperation(f"order/{n}", "order", str(n), at, order(n), workflow_id=f"order-{n}")
            for n, at in enumerate(self.starts)
        ]

    async def settle(self, site):
        return True

    async def read_back(self, site):
        return {}

from assay import CheckResult, Finding, Verdict

def counted(record):
    packed = sum(each.status == "COMPLETED" for each in record.executions)
    told = (Finding("all", f"{packed} of 4 are packed"),) if packed != 4 else ()
    return CheckResult("count", Verdict.INVALID if told else Verdict.VALID, "", told)

counted.name = "count"

KILL = PlannedFault("kill", "worker-kill", {"down_seconds": 1.0}, after_seconds=1.0)
CLAIM = Claim(
    "orders", "Every order is packed.", Orders, lambda seed: PlanNemesis(Plan((KILL,))),
    (LivenessCheck(frozenset(), recovery_seconds=15.0), {counted}), Evidence(operations_ok=4, faults_landed=1),
)
"""


def write_shop(
    folder: Path,
    charge: str = CAREFUL,
    *,
    served: str = '"charge", "pack"',
    again: str = "None",
    call: str = "pass",
    counted: bool = False,
) -> Path:
    """Write the project and return its folder.

    :param charge: the statement that charges.
    :param served: the activities that the queue serves.
    :param again: the retry policy of charging.
    :param call: a statement in the claim's operation, before it starts the order.
    :param counted: whether the claim has a check that counts the orders.
    """
    claim = CLAIM.replace("{call}", call).replace("{counted}", "counted" if counted else "")
    app = APP.replace("{charge}", charge).replace("{served}", served).replace("{again}", again)
    (folder / "claims").mkdir()
    (folder / "claims" / "__init__.py").touch()
    (folder / "claims" / "test_orders.py").write_text(claim)
    (folder / "shop_app.py").write_text(app)
    (folder / "pyproject.toml").write_text('[tool.assay]\napp = "shop_app"\nscenarios = "claims"\n')
    return folder
