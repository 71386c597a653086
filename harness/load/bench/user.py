"""The locustfile of the bench: each user starts a workflow that does nothing, and waits for its end.

Where it fits: `assay bench load` runs locust on it, in a process of its own, with all of ``load`` in the way as in
any load test. Beside its users one greenlet asks to be woken every 10 ms and notes how late it is: that is how long any
greenlet waits for its turn, and what the generator adds to each latency.
"""

from __future__ import annotations

import os
import random
import time
from typing import Any

import gevent
from locust import events

from harness.load.bench.names import IDS_BEGIN, TASK_QUEUE, WORKFLOW
from harness.load.bench.window import FILE_VARIABLE, Mark, WindowRequest
from harness.load.client.operations import Operations
from harness.load.client.session import current_session, the_session
from harness.load.client.user import TemporalUser
from harness.load.drive.wiring import listen
from harness.load.measure.latencies import Latencies
from harness.load.measure.measurements import Kind

PROBE_SECONDS = 0.01

listen()


class BenchUser(TemporalUser):
    """One workflow after the other."""

    workflow_ids_begin = IDS_BEGIN

    def work(self, operations: Operations, draws: random.Random, number: str) -> None:
        """One workflow."""
        operations.execute(WORKFLOW, 1, name=WORKFLOW, id=f"{IDS_BEGIN}{number}", task_queue=TASK_QUEUE)


def measure() -> None:
    """Measure as the environment says, and write it down."""
    request = WindowRequest.from_environment()
    while current_session() is None:
        # Until it has connected; a test that cannot connect ends, and this greenlet with it.
        _sleep(PROBE_SECONDS)
    _sleep(request.warm_seconds)
    delays = Latencies()
    # A hundred wake-ups a second are expensive beside a hundred workflows: left out where cost is measured.
    probe = gevent.spawn(_probe, delays) if request.probed else None
    begin = Mark.now(_ended())
    _sleep(request.seconds)
    end = Mark.now(_ended())
    if probe is not None:
        probe.kill()
    begin.until(end, hub_delay_p99_seconds=delays.percentile(0.99)).write(request.file)


def _probe(delays: Latencies) -> None:
    while True:
        wanted = time.monotonic() + PROBE_SECONDS
        _sleep(PROBE_SECONDS)
        delays.record(max(0.0, time.monotonic() - wanted))


def _sleep(seconds: float) -> None:
    # libev reckons from when it last looked at the clock, which may be a while ago.
    gevent.get_hub().loop.update_now()
    gevent.sleep(seconds)


def _ended() -> int:
    rows = the_session().measurements.rows()
    return sum(measured.succeeded for row, measured in rows.items() if row.kind is Kind.COMPLETION)


def _begin(**_: Any) -> None:
    if FILE_VARIABLE in os.environ:
        gevent.spawn(measure)


heard: Any = events
heard.test_start.add_listener(_begin)
