"""`locust -f load/orders.py`: orders, one after the other."""

import random

from assay import Operations, TemporalUser, listen

listen()


class OrderUser(TemporalUser):
    """Orders something and waits for its parcel."""

    workflow_ids_begin = "order-"

    def work(self, operations: Operations, draws: random.Random, number: str) -> None:
        started = operations.start("Order", number, name="Order", id=f"order-{number}", task_queue="orders")
        operations.completion(started, accept=lambda result: result == f"packed {number}")
