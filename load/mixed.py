"""``locust -f load/mixed.py``: a company's day, with things sent twice, part payments, questions and cancellings.

Where it stands: a locustfile as `load/invoices.py` is, and to be read beside it. Here people take their time between
two steps (``--think-seconds``, drawn from the seed), so many invoices stand open at once; by default work arrives at
random (``--arrivals poisson``) and not when a user comes round.
"""

from __future__ import annotations

import random
import time
from datetime import UTC, datetime

import gevent

from load.billing import WORKFLOW_IDS_BEGIN, Billing
from load.company import COMPANY_MIX, draw_invoice
from load.operations import Operations
from load.session import the_session
from load.user import TemporalUser
from load.wiring import listen

FIRST_TASK_SHARE = 0.1

listen(mix=COMPANY_MIX, arrivals="poisson", rate="2.5")


class CompanyUser(TemporalUser):
    """All that a company does with one invoice after the other."""

    workflow_ids_begin = WORKFLOW_IDS_BEGIN

    def work(self, operations: Operations, draws: random.Random, number: str) -> None:
        """One invoice, with its people's pauses."""
        options = the_session().options
        planned = draw_invoice(draws, number, mix=options.mix, payload=options.payload, now=datetime.now(UTC))

        def pause() -> float:
            began_seconds = time.monotonic()
            gevent.sleep(options.think_seconds * draws.uniform(0.5, 1.5))
            return time.monotonic() - began_seconds

        Billing(operations, planned, with_first_task=draws.random() < FIRST_TASK_SHARE, pause=pause).run()
