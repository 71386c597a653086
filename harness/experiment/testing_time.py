"""Tests in virtual time: waiting costs nothing, and a busy machine is not taken for one on which nothing goes on."""

from __future__ import annotations

import functools
from collections.abc import Callable, Coroutine
from contextlib import ExitStack
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

from harness.experiment import standstill, work, workload
from harness.sim.kernel.loop import virtual_loop
from harness.sim.kernel.timeline import DAY, Timeline

CLOCKED = (standstill, work, workload)
"""Modules that ask for the time."""


def in_virtual_time(test: Callable[[], Coroutine[Any, Any, None]]) -> Callable[[], None]:
    """The test on a loop of its own, whose time is that of what it tries, too."""

    @functools.wraps(test)
    def lived() -> None:
        timeline = Timeline(0)
        loop = virtual_loop(timeline, test.__name__)
        clock = SimpleNamespace(monotonic=loop.time)
        with ExitStack() as patched:
            for names in (test.__globals__, *map(vars, CLOCKED)):
                patched.enter_context(patch.dict(names, time=clock))
            task = loop.create_task(test())
            while timeline.step(DAY):
                pass
        task.result()

    return lived
