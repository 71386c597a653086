"""``locust -f load/invoices.py``: a company's invoices are uploaded, processed and paid or cancelled, without a pause.

Where it stands: a locustfile; `wiring` is what listens to locust. It needs a stack that is up (`assay up`) or addresses
(``--temporal-address``), and starts nothing itself. Each piece of work is one invoice from its upload to the end of its
workflow (`billing`).
"""

from __future__ import annotations

import random
from datetime import UTC, datetime

from load.billing import WORKFLOW_IDS_BEGIN, Billing
from load.company import EVERYDAY_MIX, draw_invoice
from load.operations import Operations
from load.session import the_session
from load.user import TemporalUser
from load.wiring import listen

FIRST_TASK_SHARE = 0.1

listen(mix=EVERYDAY_MIX)


class InvoiceUser(TemporalUser):
    """Works on one invoice after the other."""

    workflow_ids_begin = WORKFLOW_IDS_BEGIN

    def work(self, operations: Operations, draws: random.Random, number: str) -> None:
        """One invoice, from upload to end."""
        options = the_session().options
        planned = draw_invoice(draws, number, mix=options.mix, payload=options.payload, now=datetime.now(UTC))
        Billing(operations, planned, with_first_task=draws.random() < FIRST_TASK_SHARE).run()
