"""One run for each shape of workflow of which a verdict was wrong once, by its exit code and by what checks say."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from harness.foreign.testing_shop import APP, ORDER, Shop, run

pytestmark = pytest.mark.long
VALID, INVALID, UNKNOWN = 0, 1, 4

CHILD = """\
@workflow.defn
class Child:
    @workflow.run
    async def run(self) -> None:
        await workflow.sleep(8)

@workflow.defn
class Order:
    @workflow.run
    async def run(self, order: str) -> str:
        await workflow.start_child_workflow(
            Child.run, id=f"{workflow.info().workflow_id}/child", parent_close_policy={policy}
        )
        return await workflow.execute_activity(pack, order, start_to_close_timeout=FIVE)

"""
ABANDONED = CHILD.replace("{policy}", "workflow.ParentClosePolicy.ABANDON")
TERMINATED = CHILD.replace("{policy}", "workflow.ParentClosePolicy.TERMINATE").replace("sleep(8)", "sleep(60)")
WITH_CHILD = APP.replace("(Order,)", "(Order, Child)")
LOCAL = """\
@activity.defn
def slow(order: str) -> str:
    time.sleep(1.0)
    return order

@workflow.defn
class Order:
    @workflow.run
    async def run(self, order: str) -> str:
        return await workflow.execute_local_activity(slow, order, start_to_close_timeout=FIVE)

"""
TIMERS = """\
@workflow.defn
class Order:
    @workflow.run
    async def run(self, order: str) -> str:
        for _ in range(8):
            await workflow.sleep(0.5)
        return order

"""
DECLINED = """\
@workflow.defn
class Order:
    @workflow.run
    async def run(self, order: str) -> str:
        packed = await workflow.execute_activity(pack, order, start_to_close_timeout=FIVE)
        if order == "3":
            raise ApplicationError("the bank said no", type="CardDeclined", non_retryable=True)
        return packed

"""
CANCELLABLE = """\
@workflow.defn
class Order:
    @workflow.run
    async def run(self, order: str) -> str:
        try:
            await workflow.execute_activity(pack, order, start_to_close_timeout=FIVE)
            await asyncio.sleep(3600)
        except asyncio.CancelledError:
            await workflow.execute_activity(pack, "nothing of " + order, start_to_close_timeout=FIVE)
            raise
        return order

"""
ELSEWHERE = """\
@activity.defn(name="pack")
async def pack_elsewhere(order: str) -> str:
    raise ApplicationError("the activity of the other queue", non_retryable=True)

@workflow.defn(name="Order")
class OrderElsewhere:
    @workflow.run
    async def run(self, order: str) -> str:
        return order

class app:
    queues = {"orders": Queue((Order,), ("pack",)), "elsewhere": Queue((OrderElsewhere,), ("pack",))}
    activities = staticmethod(lambda ports: [pack, pack_elsewhere])
"""
INTERCEPTED = """\
class Audited(WorkflowInboundInterceptor):
    async def execute_workflow(self, input):
        await workflow.execute_activity(pack, "for the audit", start_to_close_timeout=FIVE)
        return await super().execute_workflow(input)

class Auditing(Interceptor):
    def workflow_interceptor_class(self, input):
        return Audited

app.interceptors = (Auditing(),)
"""
COUNTED = """\
asked = 0

@workflow.defn
class Order:
    @workflow.run
    async def run(self, order: str) -> str:
        global asked
        asked += 1
        if asked > 1:
            await workflow.sleep(0.1)
        return await workflow.execute_activity(pack, order, start_to_close_timeout=FIVE)

"""
ONCE = """\
@activity.defn
async def pay(order: str) -> str:
    await asyncio.sleep(3.0)
    return order

@workflow.defn
class Order:
    @workflow.run
    async def run(self, order: str) -> str:
        once = RetryPolicy(maximum_attempts=1)
        return await workflow.execute_activity(pay, order, start_to_close_timeout=FIVE, retry_policy=once)

"""
PAY = APP.replace("pack", "pay")
DRAIN = 'PlannedFault("drain", "worker-drain", {"slot": 1, "down_seconds": 1.0}, after_seconds=1.0)'
GRACE = "app.worker_options = {'graceful_shutdown_timeout': FIVE}\n"
BYTES = """\
@workflow.defn
class Order:
    @workflow.run
    async def run(self, order: str) -> bytes:
        packed = await workflow.execute_activity(pack, order, start_to_close_timeout=FIVE)
        return packed.encode() + bytes([0])

"""
BROKEN = """\
Never packed.

Promise: every order is packed
Caught-by: liveness
Claim: orders

--- a/shop_app.py
+++ b/shop_app.py
@@ -18,5 +18,5 @@
 
 @activity.defn
 async def pack(order: str) -> str:
-    await asyncio.sleep(0.3)
+    raise ApplicationError("no box", non_retryable=True)
     return f"packed {order}"
"""


@pytest.mark.parametrize(
    "shop",
    [
        pytest.param(Shop(), id="one workflow and one activity"),
        pytest.param(Shop(known_as="order/{n}:a b"), id="ids with slashes, colons and blanks"),
        pytest.param(Shop(known_as="{'x' * 250}-{n}"), id="ids of 250 characters"),
        pytest.param(Shop(ABANDONED + WITH_CHILD), id="a child that outlives its parent"),
        pytest.param(
            Shop(TERMINATED + WITH_CHILD, ends='{"Child": ends(TERMINATED)}'), id="a child that is terminated"
        ),
        pytest.param(Shop(LOCAL + APP.replace("pack", "slow"), every=0.1, count=40), id="local activities"),
        pytest.param(Shop(TIMERS + APP.replace('("pack",)', "()")), id="no activities"),
        pytest.param(
            Shop(DECLINED + APP, ends='{"Order": ends(COMPLETED, failed("CardDeclined"))}'), id="a failure by design"
        ),
        pytest.param(
            Shop(
                CANCELLABLE + APP,
                count=4,
                then="await asyncio.sleep(3.0); await handle.cancel()",
                ends='{"Order": ends(CANCELED)}',
            ),
            id="a cancelled order",
        ),
        pytest.param(Shop(ORDER + ELSEWHERE), id="two queues with the same names"),
        pytest.param(Shop(ORDER + APP + INTERCEPTED), id="an interceptor that schedules an activity"),
        pytest.param(Shop(COUNTED + APP), id="a global of the sandboxed module"),
        pytest.param(Shop(ONCE + PAY + GRACE, fault=DRAIN, every=0.5), id="a drain with grace"),
        pytest.param(Shop(BYTES + APP), id="a result that is no JSON"),
    ],
)
def test_an_innocent_shop_is_valid(shop: Shop, tmp_path: Path) -> None:
    ran = run(shop.write(tmp_path))

    assert ran.code == VALID, ran.output
    assert set(ran.checks.values()) == {"VALID"}


@pytest.mark.parametrize(
    ("shop", "check", "told"),
    [
        pytest.param(Shop(DECLINED + APP), "liveness", "ended as FAILED: the bank said no (right: COMPLETED)"),
        pytest.param(Shop(ONCE + PAY, fault=DRAIN, every=0.5), "liveness", "ended as FAILED: Activity task failed"),
    ],
    ids=["a failure that the claim does not permit", "a drain without grace"],
)
def test_a_guilty_shop_is_invalid_and_told_why(shop: Shop, check: str, told: str, tmp_path: Path) -> None:
    ran = run(shop.write(tmp_path))

    assert ran.code == INVALID, ran.output
    assert ran.checks[check] == "INVALID"
    assert told in ran.findings


def test_a_broken_version_of_an_application_in_one_module_is_caught(tmp_path: Path) -> None:
    ran = run(replace(Shop(), files={"mutants/m.patch": BROKEN}).write(tmp_path), "--mutant", "m")

    assert ran.code == INVALID, ran.output
    assert "ended as FAILED" in ran.findings


@pytest.mark.parametrize(
    ("shop", "check"), [(Shop(fault=""), "vacuity"), (Shop(checks=""), "checks")], ids=["no faults", "no checks"]
)
def test_what_breaks_or_checks_nothing_is_unknown(shop: Shop, check: str, tmp_path: Path) -> None:
    ran = run(shop.write(tmp_path))

    assert ran.code == UNKNOWN, ran.output
    assert ran.checks[check] == "UNKNOWN"
