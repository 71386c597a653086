"""``locust -f load/petty_cash.py``: vouchers are booked, one after the other."""

from __future__ import annotations

import random

from harness.load.client.operations import Operations
from harness.load.client.session import the_session
from harness.load.client.user import TemporalUser
from harness.load.drive.wiring import listen
from workflows.kit.money import Money
from workflows.petty_cash.model import TASK_QUEUE, WORKFLOW_IDS_BEGIN, Voucher, workflow_id

listen()


class PettyCashUser(TemporalUser):
    """Has one voucher booked after the other."""

    workflow_ids_begin = WORKFLOW_IDS_BEGIN

    def work(self, operations: Operations, draws: random.Random, number: str) -> None:
        """One voucher."""
        voucher = Voucher(number, "tea", Money.parse(f"{draws.randint(1, 500)}.00", "SAR"))
        queue = the_session().connection.target.settings.queue_for(TASK_QUEUE)
        started = operations.start("PettyCash", voucher, name="PettyCash", id=workflow_id(number), task_queue=queue)
        operations.completion(started, accept=lambda result: result == "booked")
