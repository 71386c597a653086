"""``locust -f load/mixed.py``: a company's day, with things sent twice, part payments, questions and cancellations.

Where it fits: a locustfile as `load/invoices.py` is, and to be read beside it. Here people take their time between
two steps (``--think-seconds``, drawn from the seed), so many invoices stand open at once; by default work arrives at
random (``--arrivals poisson``) and not when a user comes round.
"""

from __future__ import annotations

import random
import time
from datetime import UTC, datetime

import gevent

from harness.load.client.operations import Operations
from harness.load.client.session import the_session
from harness.load.client.user import TemporalUser
from harness.load.drive.wiring import listen
from load.billing import FIRST_TASK_SHARE, Billing
from load.company import COMPANY_MIX, plan_invoice
from load.company_options import COMPANY_OPTIONS
from workflows.invoices.names import WORKFLOW_IDS_BEGIN

listen(*COMPANY_OPTIONS, mix=COMPANY_MIX, arrivals="poisson", rate="2.5")


class CompanyUser(TemporalUser):
    """All that a company does with one invoice after the other."""

    workflow_ids_begin = WORKFLOW_IDS_BEGIN

    def work(self, operations: Operations, draws: random.Random, number: str) -> None:
        """One invoice, with its people's pauses."""
        options = the_session().options
        own = options.own
        planned = plan_invoice(draws, number, mix=own["mix"], payload=own["payload"], now=datetime.now(UTC))

        def pause() -> float:
            began_seconds = time.monotonic()
            gevent.sleep(options.think_seconds * draws.uniform(0.5, 1.5))
            return time.monotonic() - began_seconds

        Billing(operations, planned, with_first_task=draws.random() < FIRST_TASK_SHARE, pause=pause).run()
