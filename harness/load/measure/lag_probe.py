"""A greenlet that asks to be woken ten times a second and notes how much later it was.

Data flow: `part` begins and ends a **probe** with its part of a test → ``Latencies`` → `lag`. So late is every
greenlet of this process that waits for its turn: a user whose answer has come, a schedule whose instant has passed. It
costs a wake-up, whatever the load.
"""

from __future__ import annotations

import math
import time

import gevent

from harness.load.measure.latencies import Latencies

EVERY_SECONDS = 0.1


class LagProbe:
    """Measures from when it is made until ``end``; ``lag`` is what it has measured so far."""

    def __init__(self) -> None:
        self.lag = Latencies()
        self._wanted_seconds = time.monotonic() + EVERY_SECONDS
        self._greenlet: gevent.Greenlet[..., None] = gevent.spawn(self._run)

    def end(self) -> None:
        """Measure no more. A wake-up that is due and did not come has been late by so much at least."""
        self._greenlet.kill()
        if time.monotonic() > self._wanted_seconds:
            self._note()
        self._wanted_seconds = math.inf

    def _run(self) -> None:
        while True:
            # libev reckons from when it last looked at the clock, which may be a while ago.
            gevent.get_hub().loop.update_now()
            gevent.sleep(max(0.0, self._wanted_seconds - time.monotonic()))
            self._note()

    def _note(self) -> None:
        now_seconds = time.monotonic()
        # Corrected: it could not ask again while it was late, and each time would have been late, too. So the lag is
        # that of instants spread evenly over the test, and a second's standstill is ten of them.
        self.lag.record_corrected(max(0.0, now_seconds - self._wanted_seconds), EVERY_SECONDS)
        self._wanted_seconds = now_seconds + EVERY_SECONDS
