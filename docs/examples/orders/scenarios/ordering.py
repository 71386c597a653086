"""Customers who order something, one after another."""

from assay import Answer, Outcome, PlannedOperation, Site

COUNT = 12


class Ordering:
    """The workload: an order every fifth of a second."""

    def describe(self):
        return {"orders": COUNT}

    async def prepare(self, site: Site): ...

    def canaries(self):
        return []

    def operations(self):
        return [
            PlannedOperation(f"order/{n}", "order", str(n), 0.2 * n, _order(n), workflow_id=f"order-{n}")
            for n in range(COUNT)
        ]

    async def settle(self, site: Site):
        return True

    async def read_back(self, site: Site):
        return {}


def _order(number: int):
    async def call(site: Site) -> Answer:
        await site.client.start_workflow("Order", str(number), id=f"order-{number}", task_queue="orders")
        return Answer(Outcome.OK)

    return call
