"""The process beside the load: it reads until it is told to end, and never outlives who started it."""

from __future__ import annotations

import subprocess
import sys
import time

import psutil
import pytest

from harness.load.inside.sources import Sources
from harness.load.inside.testing_pages import pages_shown
from harness.load.inside.testing_readings import SERVER_PAGE
from harness.load.inside.watch import Watch
from harness.poll import eventually

MODULE = "harness.load.inside.watcher"


def watchers(of: int) -> list[psutil.Process]:
    return [child for child in psutil.Process(of).children() if MODULE in child.cmdline()]


@pytest.fixture(autouse=True)
def _patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lets a process that ends take as long over it as it takes on a busy machine."""
    monkeypatch.setattr("harness.load.inside.watch.ENDS_WITHIN_SECONDS", 60.0)


async def test_it_reads_on_its_beat_and_once_more_at_the_end() -> None:
    with pages_shown({"/metrics": SERVER_PAGE}) as url:
        watch = Watch(Sources({"history": f"{url}/metrics"}))
        (watcher,) = watchers(psutil.Process().pid)
        await eventually(lambda: watch.count() >= 2, what="two readings", timeout_seconds=60)
        ended_seconds = time.monotonic()
        watched = watch.end()
    assert watched.problem is None
    assert len(watched.readings) >= 3
    assert watched.readings[-1].at_seconds >= ended_seconds
    assert 1.0 < watched.readings[1].at_seconds - watched.readings[0].at_seconds < 60.0
    # A page that a busy machine kept from answering in time is a gap.
    assert {page.transitions for reading in watched.readings for page in reading.pages.values()} == {320}
    assert all("did not answer" in why for reading in watched.readings for why in reading.missing.values())
    assert not watcher.is_running()


async def test_a_watcher_that_died_is_told_with_what_it_read() -> None:
    with pages_shown({"/metrics": SERVER_PAGE}) as url:
        watch = Watch(Sources({"history": f"{url}/metrics"}))
        await eventually(lambda: watch.count() >= 1, what="a reading", timeout_seconds=60)
        (watcher,) = watchers(psutil.Process().pid)
        watcher.kill()
        watched = watch.end()
    assert watched.problem is not None
    assert watched.problem.startswith("the process that reads exited with -9")
    assert len(watched.readings) >= 1


def test_one_that_cannot_begin_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("harness.load.inside.watch.MODULE", "harness.load.inside.no_such_module")
    watched = Watch(Sources({"history": "http://127.0.0.1:1"})).end()
    assert watched.readings == ()
    assert watched.problem is not None
    assert "no_such_module" in watched.problem


async def test_it_ends_when_who_started_it_is_killed() -> None:
    script = "import time; from harness.load.inside.watch import *; watch = Watch(Sources({}, 1)); time.sleep(600)"
    starter = subprocess.Popen([sys.executable, "-c", script])  # noqa: ASYNC220 - only waited for
    try:
        (watcher,) = await eventually(lambda: watchers(starter.pid), what="the watcher to begin", timeout_seconds=60)
        starter.kill()
        starter.wait()
        await eventually(lambda: not watcher.is_running(), what="the watcher to end", timeout_seconds=60)
    finally:
        starter.kill()
        starter.wait()
