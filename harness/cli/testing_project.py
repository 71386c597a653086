"""Somebody else's project for tests of the command line: the smallest application and claim that can be tried.

What another team would write is `docs/examples/orders`; here a test plants what it is about.
"""

from __future__ import annotations

from pathlib import Path

APP = """\
import asyncio
from dataclasses import dataclass
from temporalio import activity, workflow
from datetime import timedelta

@activity.defn
async def pack(order: str) -> str:
    await asyncio.sleep({pack_seconds})
    return f"packed {order}"

@workflow.defn
class Order:
    @workflow.run
    async def run(self, order: str) -> str:
        return await workflow.execute_activity(pack, order, start_to_close_timeout=timedelta(seconds=60))

@dataclass(frozen=True)
class Queue:
    workflows: tuple
    activities: tuple

class app:
    queues = {"orders": Queue((Order,), ("pack",))}
    activities = staticmethod(lambda ports: [pack])
    subject_of = staticmethod(lambda workflow_id: workflow_id.removeprefix("order-"))
"""

CLAIM = """\
import asyncio
from dataclasses import dataclass
from assay import Answer, CheckResult, Claim, Evidence, Outcome, PlannedOperation, Verdict

@dataclass(frozen=True)
class Packed:
    name: str = "packed"

    def __call__(self, record):
        {check}
        ended = [e for e in record.executions if e.status == "COMPLETED"]
        verdict = Verdict.VALID if len(ended) == {count} else Verdict.INVALID
        return CheckResult(self.name, verdict, f"{len(ended)} orders were packed")

class Orders:
    def describe(self):
        return {"orders": {count}}

    async def prepare(self, site):
        {prepare}

    def canaries(self):
        return []

    def operations(self):
        return [
            PlannedOperation(f"order/{n}", "order", str(n), 0.0, start(n), workflow_id=f"order-{n}")
            for n in range({count})
        ]

    async def settle(self, site):
        return True

    async def read_back(self, site):
        return {}

def start(number):
    async def call(site):
        await site.client.start_workflow("Order", str(number), id=f"order-{number}", task_queue="orders")
        return Answer(Outcome.OK)
    return call

{nemesis}

class Blink:
    # Breaks nothing to speak of: the worker stands still for a moment, from before the orders come.
    _healed = False

    def describe(self):
        return [{"fault_id": "blink", "kind": "worker-pause", "parameters": {}}]

    async def prepare(self, site):
        site.journal.write("fault-planned", fault_id="blink", fault="worker-pause", description="a worker blinks")
        site.fleet.pause(1)
        self._note(site, "injected")
        self._note(site, "landed", "worker 1 stands still")

    async def run(self, site):
        await asyncio.sleep(0.3)
        await self.heal(site)

    async def heal(self, site):
        site.fleet.resume(1)
        if not self._healed:
            self._healed = True
            self._note(site, "healed")

    def _note(self, site, event, evidence=""):
        site.journal.write("fault", fault_id="blink", event=event, evidence=evidence)

CLAIM = Claim(
    "orders", "Every order is packed.", lambda seed: Orders(), lambda seed: {nemesis_name}(), (Packed(),),
    Evidence(operations_ok={count}, faults_landed={faults}), workers=1, settle_seconds=30.0,
    stacks={stacks},
)
"""


def write_project(
    folder: Path,
    *,
    count: int = 2,
    pack_seconds: float = 0.0,
    check: str = "pass",
    prepare: str = "pass",
    stacks: tuple[str, ...] = ("dev", "full"),
    nemesis: str = "",
) -> Path:
    """Write the project and return its folder.

    :param check: a statement planted at the start of the claim's check.
    :param prepare: a statement planted where the run prepares its work, after the stack is up.
    :param stacks: those on which the claim can be tried.
    :param nemesis: code that defines ``Planted()``, the nemesis that breaks one thing; without it the worker only
        stands still for a moment.
    """
    (folder / "shop").mkdir()
    (folder / "claims").mkdir()
    (folder / "pyproject.toml").write_text('[tool.assay]\napp = "shop.app"\nscenarios = "claims"\n')
    (folder / "shop" / "__init__.py").touch()
    (folder / "claims" / "__init__.py").touch()
    (folder / "shop" / "app.py").write_text(APP.replace("{pack_seconds}", str(pack_seconds)))
    text = CLAIM.replace("{count}", str(count)).replace("{check}", check).replace("{prepare}", prepare)
    text = text.replace("{stacks}", repr(stacks)).replace("{nemesis}", nemesis)
    text = text.replace("{nemesis_name}", "Planted" if nemesis else "Blink")
    text = text.replace("{faults}", "1" if nemesis else "0")
    (folder / "claims" / "test_orders.py").write_text(text)
    return folder
