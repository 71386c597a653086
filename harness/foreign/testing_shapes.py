"""Shapes that a workflow may have, each as a shop that keeps its promise."""

from __future__ import annotations

from harness.foreign.testing_shop import APP, ORDER, Shop

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
        for _ in range(12):
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
WRONGLY_CALLED = """\
@activity.defn
async def pay(order: str, amount: int) -> str:
    return order

@workflow.defn
class Order:
    @workflow.run
    async def run(self, order: str) -> str:
        return await workflow.execute_activity("pay", order, start_to_close_timeout=FIVE)

"""
NOT_WAITED_FOR = """\
@activity.defn
async def dawdle(order: str) -> str:
    await asyncio.sleep(2.0)
    return order

@workflow.defn
class Child:
    @workflow.run
    async def run(self, order: str) -> str:
        return await workflow.execute_activity(dawdle, order, start_to_close_timeout=FIVE)

@workflow.defn
class Order:
    @workflow.run
    async def run(self, order: str) -> str:
        await workflow.start_child_workflow(Child.run, order, id=f"{workflow.info().workflow_id}/child")
        offer = workflow.start_activity(dawdle, order, start_to_close_timeout=FIVE)
        packed = await workflow.execute_activity(pack, order, start_to_close_timeout=FIVE)
        offer.cancel()
        return packed

"""
SHAPES = {
    "one workflow and one activity": Shop(),
    "ids with slashes, colons and blanks": Shop(known_as="order/{n}:a b"),
    "ids of 250 characters": Shop(known_as="{'x' * 250}-{n}"),
    "a child that outlives its parent": Shop(ABANDONED + WITH_CHILD),
    "a child that is terminated": Shop(TERMINATED + WITH_CHILD, ends='{"Child": ends(TERMINATED)}'),
    "local activities": Shop(LOCAL + APP.replace("pack", "slow"), every=0.1, count=40),
    "no activities": Shop(TIMERS + APP.replace('("pack",)', "()")),
    "a failure by design": Shop(DECLINED + APP, ends='{"Order": ends(COMPLETED, failed("CardDeclined"))}'),
    "a cancelled order": Shop(
        CANCELLABLE + APP, then="await asyncio.sleep(3.0); await handle.cancel()", ends='{"Order": ends(CANCELED)}'
    ),
    "two queues with the same names": Shop(ORDER + ELSEWHERE),
    "an interceptor that schedules an activity": Shop(ORDER + APP + INTERCEPTED),
    "a global of the sandboxed module": Shop(COUNTED + APP),
    "a result that is no JSON": Shop(BYTES + APP),
    "activities that nobody waits for": Shop(
        NOT_WAITED_FOR + WITH_CHILD.replace('"pack",', '"pack", "dawdle"').replace("[pack]", "[pack, dawdle]"),
        # Whichever of the two is first: a kill may keep the parent longer than its child takes.
        ends='{"Child": ends(COMPLETED, TERMINATED)}',
    ),
}
"""Innocent ones, whatever happens to their workers."""
