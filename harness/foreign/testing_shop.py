"""A stranger's shop in one module, and the claim that its orders end: a test plants the shape that it is about."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

HEAD = """\
import asyncio
import time
from dataclasses import dataclass
from datetime import timedelta

from temporalio import activity, workflow
from temporalio.common import RetryPolicy
from temporalio.exceptions import ApplicationError
from temporalio.worker import Interceptor, WorkflowInboundInterceptor

FIVE = timedelta(seconds=5)

@dataclass(frozen=True)
class Queue:
    workflows: tuple
    activities: tuple

@activity.defn
async def pack(order: str) -> str:
    await asyncio.sleep(0.3)
    return f"packed {order}"

"""
ORDER = """\
@workflow.defn
class Order:
    @workflow.run
    async def run(self, order: str) -> str:
        return await workflow.execute_activity(pack, order, start_to_close_timeout=FIVE)

"""
APP = """\
class app:
    queues = {"orders": Queue((Order,), ("pack",))}
    activities = staticmethod(lambda ports: [pack])
"""
KILL = 'PlannedFault("kill", "worker-kill", {"down_seconds": 1.0}, after_seconds=1.0)'
CLAIM = """\
import asyncio

from assay import (
    CANCELED, COMPLETED, TERMINATED, Answer, Claim, Evidence, LeaksCheck, LivenessCheck, Outcome, Plan, PlanNemesis,
    PlannedFault, PlannedOperation, ReplayCheck, RetriesCheck, ends, failed
)

COUNT = {count}
{claim}

def known_as(n):
    return f"{known_as}"

def start(n):
    async def call(site):
        handle = await site.client.start_workflow("Order", str(n), id=known_as(n), task_queue="orders")
        {then}
        return Answer(Outcome.OK)

    return call

class Orders:
    def describe(self):
        return {"orders": COUNT}

    async def prepare(self, site): ...

    def canaries(self):
        return []

    def operations(self):
        return [
            PlannedOperation(f"order/{n}", "order", str(n), {every} * n, start(n), workflow_id=known_as(n))
            for n in range(COUNT)
        ]

    async def settle(self, site):
        return True

    async def read_back(self, site):
        return {}

CLAIM = Claim(
    "orders",
    "Every order ends as it should.",
    lambda seed: Orders(),
    lambda seed: PlanNemesis(Plan(tuple([{fault}]))),
    ({checks}),
    Evidence(operations_ok=COUNT, faults_landed=1),
    workers={workers},
    settle_seconds={settle_seconds},
)
"""
PLANTED = ("claim", "count", "every", "known_as", "then", "fault", "checks", "ends", "workers", "settle_seconds")
"""In this order: one may hold another."""


@dataclass(frozen=True)
class Shop:
    """The module, and what the claim has that others have not.

    :param parts: the module, after what all have in common.
    :param known_as: the id of the workflow of order ``n``, as an f-string.
    :param claim: more code of the claim.
    :param then: a statement after an order was begun; its workflow is ``handle``.
    """

    parts: str = ORDER + APP
    count: int = 12
    every: float = 0.2
    known_as: str = "order-{n}"
    then: str = "pass"
    fault: str = KILL
    checks: str = "LivenessCheck(frozenset(), recovery_seconds=20.0, ends={ends}), ReplayCheck(), LeaksCheck()"
    ends: str = "{}"
    claim: str = ""
    workers: int = 2
    settle_seconds: float = 60.0
    files: dict[str, str] = field(default_factory=dict)

    def write(self, folder: Path) -> Path:
        """Write the project; its folder comes back."""
        claim = CLAIM
        for name in (
            "count",
            "every",
            "known_as",
            "then",
            "fault",
            "checks",
            "ends",
            "claim",
            "workers",
            "settle_seconds",
        ):
            claim = claim.replace(f"{{{name}}}", str(getattr(self, name)))
        files = {
            "pyproject.toml": '[tool.assay]\napp = "shop_app"\nscenarios = "claims"\nmutants = "mutants"\n',
            "shop_app.py": HEAD + self.parts,
            "claims/__init__.py": "",
            "claims/test_orders.py": claim,
            **self.files,
        }
        for name, text in files.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(text)
        return folder


@dataclass(frozen=True)
class Ran:
    """What `assay run` came to: its exit code, what it said on both streams, and what each check said."""

    code: int
    output: str
    checks: dict[str, str]
    findings: str


def run(folder: Path, *options: str, seed: int = 1) -> Ran:
    """`assay run orders` in the project."""
    command = [sys.executable, "-m", "harness.cli", "run", "orders", "--seed", str(seed), *options]
    # Whoever sits behind a proxy gets the same verdict: nothing that stays on this machine goes through it.
    proxies = {name: "http://127.0.0.1:9" for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy")}
    environment = {**os.environ, **proxies, "NO_PROXY": "", "no_proxy": "", "PYTHONPATH": str(folder), "CI": "true"}
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=400)
    file = folder / "runs" / "latest" / "verdict.json"
    said: dict[str, Any] = json.loads(file.read_text()) if file.is_file() else {"checks": []}
    checks = {each["check"]: each["verdict"] for each in said["checks"]}
    findings = "\n".join(found["message"] for each in said["checks"] for found in each["findings"])
    return Ran(done.returncode, done.stdout + done.stderr, checks, findings)
