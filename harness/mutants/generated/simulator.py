"""A process that simulates one version of the application, as who asks it sees it; see ``simulating`` for what it does.

It is another program in a session of its own: what it imports, writes or breaks is its own, Ctrl-C reaches it through
who asks, and one that hangs is ended. All processes have the same hash seed, so that two of them agree on what a set of
texts looks like. One that has simulated much is replaced, because memory grows a little with every simulation.
"""

from __future__ import annotations

import multiprocessing
import os
import subprocess
import sys
from collections.abc import Mapping
from multiprocessing.connection import Connection
from threading import Lock
from typing import Any

from harness.application.project import python_path
from harness.mutants.generated.questions import Calm, Judged, Reach, Reached, Version
from harness.simulate.campaign import Job

PROGRAM = "harness.mutants.generated.simulating"
REPLACED_AFTER = 400
"""Questions."""


class NoAnswer(Exception):
    """The process hung or died, and is gone now."""


class Simulator:
    """One version. It begins when it is first asked, and after it was ended, anew.

    :ivar closed: whether it may begin no more.
    """

    def __init__(self, version: Version) -> None:
        self._version = version
        self._lock = Lock()
        self._running: tuple[subprocess.Popen[bytes], Connection] | None = None
        self._asked = 0
        self.closed = False

    def judged(self, question: Calm | Job, seconds: float) -> Judged:
        """What becomes of it.

        :param seconds: how long the answer may take, at most.
        :raises NoAnswer: it took longer, or the process died.
        """
        answer: Judged = self._ask(question, seconds)
        return answer

    def reached(self, question: Reach) -> Reached:
        """The lines that are reached.

        :raises NoAnswer: the process died.
        """
        answer: Reached = self._ask(question, None)
        return answer

    def close(self) -> None:
        """End the process, now, and have no other begin. Who waits for its answer gets none."""
        with self._lock:
            self.closed = True
            if self._running is not None:
                self._running[0].kill()

    def _ask(self, question: Calm | Reach | Job, seconds: float | None) -> Any:
        if self._asked == REPLACED_AFTER:
            self._end()
        try:
            _, pipe = self._running or self._begin()
            self._asked += 1
            pipe.send(question)
            if pipe.poll(seconds):
                return pipe.recv()
        except (EOFError, OSError) as error:
            raise NoAnswer(f"the process ended with {self._end()}") from error
        self._end()
        raise NoAnswer(f"no answer within {seconds:.0f} s")

    def _begin(self) -> tuple[subprocess.Popen[bytes], Connection]:
        ours, theirs = multiprocessing.Pipe()
        with theirs, self._lock:
            if self.closed:
                raise NoAnswer("it was ended")
            process = subprocess.Popen(
                [sys.executable, "-m", PROGRAM, str(theirs.fileno())],
                cwd=self._version.root,
                env=_environment(self._version),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                pass_fds=[theirs.fileno()],
                start_new_session=True,
            )
            self._running, self._asked = (process, ours), 0
        ours.send(self._version)
        return process, ours

    def _end(self) -> int:
        """End the process and return its exit code."""
        with self._lock:
            running, self._running = self._running, None
        if running is None:
            return 0
        process, pipe = running
        process.kill()
        pipe.close()
        return process.wait()

    def __enter__(self) -> Simulator:
        return self

    def __exit__(self, *_exception: object) -> None:
        self.close()
        self._end()


def _environment(version: Version) -> Mapping[str, str]:
    return {**os.environ, **python_path(version.root), "PYTHONHASHSEED": "0"}
