"""``locust -f load/reports.py``: reports are made, one after the other, of whatever stands in the books."""

from __future__ import annotations

import random

from harness.load.client.operations import Operations
from harness.load.client.session import the_session
from harness.load.client.user import TemporalUser
from harness.load.drive.wiring import listen
from scenarios.reports.workload.ledger import INSTANTS
from workflows.reports.model import TASK_QUEUE, WORKFLOW_IDS_BEGIN, ReportRequest, workflow_id

listen()


class ReportUser(TemporalUser):
    """Has one report made after the other."""

    workflow_ids_begin = WORKFLOW_IDS_BEGIN

    def work(self, operations: Operations, draws: random.Random, number: str) -> None:
        """One report."""
        request = ReportRequest(number, draws.choice(INSTANTS), ("cfo@traf3li.example",))
        queue = the_session().connection.target.settings.queue_for(TASK_QUEUE)
        started = operations.start(
            "ReportProduction", request, name="ReportProduction", id=workflow_id(number), task_queue=queue
        )
        operations.completion(started)
