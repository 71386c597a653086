"""Find and end the processes of one run by its run id, whoever started them.

The id stands in the environment that each process was started with, which the kernel keeps and which survives
everything that can happen to the harness. This is the floor under "nothing outlives a run".
"""

from __future__ import annotations

import contextlib
import os
import signal

import psutil

from harness.stack.process import RUN_ID_VARIABLE


def processes_of(run_id: str) -> list[psutil.Process]:
    """The living processes that carry this run id, except the caller. Zombies and other users' are left out."""
    found = []
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error, OSError):
            if process.pid == os.getpid() or process.status() == psutil.STATUS_ZOMBIE:
                continue
            if process.environ().get(RUN_ID_VARIABLE) == run_id:
                found.append(process)
    return found


def end_processes_of(run_id: str, *, rounds: int = 20) -> int:
    """SIGKILL every process of the run until none is left (a process may have been about to start another).

    Returns how many were ended. SIGKILL ends a stopped process too, so nothing needs to be continued first.
    """
    ended = 0
    for _ in range(rounds):
        victims = processes_of(run_id)
        if not victims:
            break
        for victim in victims:
            with contextlib.suppress(psutil.Error):
                victim.send_signal(signal.SIGKILL)
                ended += 1
        psutil.wait_procs(victims, timeout=1.0)
    return ended
