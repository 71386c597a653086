"""Refuses the outside to simulated code: sockets, processes, threads, waiting in real time, files opened for writing.

Python tells an audit hook of most of these before they happen, also when a library in C or a thread does it; of
``time.sleep`` older Pythons do not, and of a thread none does in time, so those are wrapped. Hook and wrappers stay in
the process once they are there, and do nothing while no simulated code runs.

Not seen, because Python tells nobody: the clock (``time.time``, ``datetime.now``), the operating system's randomness,
and extensions that open files or sockets by themselves. A seed that is run twice and differs shows those.
"""

from __future__ import annotations

import functools
import sys
import threading
import time
from collections.abc import Callable
from typing import Any

from harness.sim.kernel.timeline import Timeline

REFUSED = {
    "socket.connect": "a socket",
    "socket.bind": "a socket",
    "socket.sendto": "a socket",
    "socket.getaddrinfo": "the resolver",
    "subprocess.Popen": "a process",
    "os.system": "a process",
    "os.fork": "a process",
    "os.posix_spawn": "a process",
}
"""Audit event → what it is."""

_running: list[Timeline] = []
_installed: list[bool] = []


class simulated:  # a function to whoever calls it
    """What runs in here is simulated code."""

    __slots__ = ("_timeline",)

    def __init__(self, timeline: Timeline) -> None:
        self._timeline = timeline

    def __enter__(self) -> None:
        if not _installed:
            _install()
        _running.append(self._timeline)

    def __exit__(self, *_raised: object) -> None:
        _running.pop()


def _install() -> None:
    _installed.append(True)
    sys.addaudithook(_hook)
    time.sleep = functools.wraps(time.sleep)(functools.partial(_sleep, time.sleep))
    threading.Thread.start = _refusing(threading.Thread.start)  # type: ignore[assignment, method-assign]


def _hook(event: str, args: tuple[Any, ...]) -> None:
    if not _running:
        return
    if event in REFUSED:
        _refuse(f"{event}: simulated code reaches for {REFUSED[event]} ({args[:2]!r})")
    if event == "open" and isinstance(args[1], str) and set(args[1]) & set("wax+"):
        _refuse(f"open({args[0]!r}, {args[1]!r}): simulated code writes a file")
    if event == "sqlite3.connect" and not _is_in_memory(str(args[0])):
        _refuse(f"sqlite3.connect({args[0]!r}): simulated code keeps a database in a file")


def _is_in_memory(database: str) -> bool:
    """Whether nothing of a SQLite database outlives the process; one without a name is gone when it is closed."""
    return database in ("", ":memory:") or database.startswith("file::memory:") or "mode=memory" in database


def _sleep(sleep: Callable[[float], None], seconds: float) -> None:
    if _running:
        _refuse(f"time.sleep({seconds!r}): simulated code waits for the real clock")
    sleep(seconds)


def _refusing(start: Callable[[threading.Thread], None]) -> Callable[[threading.Thread], None]:
    @functools.wraps(start)
    def begin(thread: threading.Thread) -> None:
        if _running:
            _refuse(f"threading.Thread({thread.name!r}).start(): simulated code begins a thread")
        start(thread)

    return begin


def _refuse(what: str) -> None:
    _running[-1].refuse(f"{what}; give it a port to call, and bind that in memory")
