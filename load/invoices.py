"""``locust -f load/invoices.py``: a company's invoices are uploaded, processed and paid or cancelled, without a pause.

Where it fits: a locustfile; `wiring` is what listens to locust. It needs a stack that is up (`assay up`) or addresses
(``--temporal-address``), and starts nothing itself. Each piece of work is one invoice from its upload to the end of its
workflow (`billing`).
"""

from __future__ import annotations

import random
from datetime import UTC, datetime

from harness.load.client.operations import Operations
from harness.load.client.session import the_session
from harness.load.client.user import TemporalUser
from harness.load.drive.wiring import listen
from load.billing import FIRST_TASK_SHARE, Billing
from load.company import EVERYDAY_MIX, plan_invoice
from load.company_options import COMPANY_OPTIONS
from workflows.invoices.names import WORKFLOW_IDS_BEGIN

listen(*COMPANY_OPTIONS, mix=EVERYDAY_MIX)


class InvoiceUser(TemporalUser):
    """Works on one invoice after the other."""

    workflow_ids_begin = WORKFLOW_IDS_BEGIN

    def work(self, operations: Operations, draws: random.Random, number: str) -> None:
        """One invoice, from upload to end."""
        options = the_session().options.own
        planned = plan_invoice(draws, number, mix=options["mix"], payload=options["payload"], now=datetime.now(UTC))
        Billing(operations, planned, with_first_task=draws.random() < FIRST_TASK_SHARE).run()
