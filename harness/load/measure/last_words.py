"""The messages between the master of a load test and its workers, and the end of their talk.

Where it fits: beside locust's own messages, used by `roles`. At the end the master asks for the last word and waits
for it; locust itself would end the workers half a second later, their last seconds unsaid.
"""

from __future__ import annotations

import time

import gevent
from locust.runners import STATE_MISSING, MasterRunner

from harness.load.measure.collecting import Collected

STOP, LAST_WORD, UNREACHABLE = "assay-load-stop", "assay-load-last-word", "assay-load-unreachable"
"""Messages: master to worker, stop and say your last word; worker to master, that, and that it reaches no server."""

IN_REPORT = "assay_load"
"""The key in locust's own reports."""

INTERVAL_SECONDS = 0.05


def ask_for_last_words(runner: MasterRunner, collected: Collected, *, timeout_seconds: float) -> None:
    """Have every worker stop and say its last word, and wait for those that live."""
    runner.send_message(STOP)
    deadline_seconds = time.monotonic() + timeout_seconds

    def someone_is_silent() -> bool:
        living = (worker for worker, node in runner.clients.items() if node.state != STATE_MISSING)
        return any(worker not in collected.spoken for worker in living)

    while someone_is_silent() and time.monotonic() < deadline_seconds:
        gevent.sleep(INTERVAL_SECONDS)
