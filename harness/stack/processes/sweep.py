"""Find and end the processes of one run by its run id, whoever started them.

The id stands in the environment that each process was started with, which the kernel keeps and which survives
everything that can happen to the harness. This is the floor under "nothing outlives a run". A descendant belongs to the
run too, whatever its environment says: PostgreSQL's processes write their titles over theirs.
"""

from __future__ import annotations

import contextlib
import os
import signal

import psutil

from harness.stack.processes.process import KILL_GRACE_SECONDS, KILL_SIGNAL_VARIABLE, RUN_ID_VARIABLE
from harness.stack.processes.signals import descendants_of, is_alive


def processes_of(run_id: str) -> list[psutil.Process]:
    """The living processes that carry this run id and their descendants, except the caller.

    Zombies and other users' processes are left out.
    """
    found: dict[int, psutil.Process] = {}
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error, OSError):
            if process.environ().get(RUN_ID_VARIABLE) == run_id:
                found.update({member.pid: member for member in (process, *descendants_of(process.pid))})
    found.pop(os.getpid(), None)
    return [process for process in found.values() if is_alive(process)]


def end_processes_of(run_id: str, *, rounds: int = 20) -> int:
    """End every process of the run until none is left (a process may have been about to start another).

    Returns how many were ended. A process that named a kill signal of its own gets that first and a few seconds for it,
    so that it takes its shared memory along; then SIGKILL, which ends a stopped process too.
    """
    ended = _end_gently(processes_of(run_id))
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


def _end_gently(family: list[psutil.Process]) -> int:
    """Send their own kill signal to those that have one, and wait for them; returns how many are gone."""
    asked = []
    for process in family:
        with contextlib.suppress(psutil.Error, OSError, ValueError):
            number = int(process.environ().get(KILL_SIGNAL_VARIABLE, signal.SIGKILL))
            if number != signal.SIGKILL:
                for member in (*descendants_of(process.pid), process):
                    member.send_signal(signal.SIGCONT)
                process.send_signal(number)
                asked.append(process)
    gone, _ = psutil.wait_procs(asked, timeout=KILL_GRACE_SECONDS)
    return len(gone)
