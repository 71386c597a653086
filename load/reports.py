"""``locust -f load/reports.py``: reports are asked for and made, one after the other, of what stands in the books."""

from __future__ import annotations

import random
import time
from collections.abc import Mapping

from harness.load.client.operations import Operations, Started
from harness.load.client.session import the_session
from harness.load.client.user import TemporalUser
from harness.load.drive.wiring import listen
from harness.load.measure.measurements import Kind, Row
from load.company_options import ADDRESSES
from scenarios.reports.workload.ledger import INSTANTS
from workflows.reports.model import WORKFLOW_IDS_BEGIN, workflow_id

TYPE = "ReportProduction"

listen(*ADDRESSES)


class ReportUser(TemporalUser):
    """Has one report made after the other."""

    workflow_ids_begin = WORKFLOW_IDS_BEGIN

    def work(self, operations: Operations, draws: random.Random, number: str) -> None:
        """One report: the API writes down what is asked for and starts its workflow."""
        api = the_session().connection.target.settings.api
        as_of = draws.choice(INSTANTS).isoformat()
        report = {"report_id": number, "as_of": as_of, "recipients": ["cfo@traf3li.example"]}
        began_seconds = time.monotonic()
        operations.request(Row(Kind.START, TYPE), "POST", f"http://{api.host}:{api.port}/reports", json=report)
        started = Started(workflow_id(number), TYPE, began_seconds)
        operations.completion(started, accept=lambda result: isinstance(result, Mapping) and "pdf_digest" in result)
