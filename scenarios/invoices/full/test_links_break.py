"""Temporal's links are broken in every way there is: clients and workers to the frontend, the server to PostgreSQL.

Each is out for 3 to 10 s in one way (cut, black-holed, reset) and bad in another (slow, throttled, sliced). The black
hole is the workers'. Only keep-alive finds a dead connection, 17 s after it died as `workflows/kit/client.py` sets it.
So in a window of 5 to 10 s nobody is told anything; what was handed to a worker meanwhile is lost on the way, and only
the server's time-outs bring it back. The application's other links are `services-cut-off`.
"""

from __future__ import annotations

import pytest

from chaos import FAULTS
from chaos.plan import Plan
from harness.experiment.claim import Evidence, TryClaim
from harness.seed import Seed
from harness.verdict import Verdict
from scenarios.invoices.claim import invoice_claim
from scenarios.invoices.full.in_turn import Outage, in_turn

CLIENT, WORKER, POSTGRES = "client-frontend", "worker-frontend", "server-postgres"
# A link that is bad stays up: long enough that some calls meet it, and no longer.
BAD_SECONDS = (4.0, 6.0)


def plan(seed: Seed) -> Plan:
    """Three outages and three links that are up and bad, one after another."""
    draw = seed.stream("badness")
    latencies = [draw.randint(100, 400) for _ in range(3)]
    throttled, sliced = {"rate_kb": draw.randint(3, 6)}, {"slice_bytes": draw.randint(150, 300), "delay_us": 4000}
    return in_turn(
        seed,
        (
            Outage("cut-client", "link-cut", {"link": CLIENT}),
            Outage("blackhole-worker", "link-blackhole", {"link": WORKER}, seconds=(5.0, 10.0)),
            Outage("reset-postgres", "link-reset", {"link": POSTGRES}),
            Outage("slow-client", "link-slow", {"link": CLIENT, "latencies_ms": latencies}, seconds=BAD_SECONDS),
            Outage("throttled-worker", "link-throttled", {"link": WORKER, **throttled}, seconds=BAD_SECONDS),
            Outage("sliced-postgres", "link-sliced", {"link": POSTGRES, **sliced}, seconds=BAD_SECONDS),
        ),
    )


CLAIM = invoice_claim(
    "links-break",
    "However the connections of Temporal break for some seconds, no invoice is lost and nothing happens twice.",
    plan,
    stacks=("full", "compose"),
    count=100,
    rate_per_second=1.5,
    evidence=Evidence(
        operations_ok=140,
        faults_landed=6,
        faults_felt=5,
        effects={"smtp/mail": 62, "accounting/book": 108},
        begun_during_faults={"process": 16},
    ),
)


def test_each_way_to_break_a_link_is_tried() -> None:
    tried = {fault.kind for fault in plan(Seed(1)).faults}
    assert tried == {kind for kind in FAULTS if kind.startswith("link-")}


@pytest.mark.full
@pytest.mark.always
def test_links_break(try_claim: TryClaim) -> None:
    assert try_claim(CLAIM) is Verdict.VALID
