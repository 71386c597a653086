"""The process that outlives the harness just long enough to clean up after it.

It holds the reading end of a pipe whose writing end only the harness has. When the pipe closes, for whatever reason (a
normal end, SIGKILL, a crash of the interpreter), it ends every process of the run and removes its containers. Faults
that live in processes (a SIGSTOP, a knob of the world) end with them. Unless the run has ended by itself, containers
are looked for once more a little later: the daemon may still be at what it was asked last.

Run as ``python -m harness.stack.processes.watchdog RUN_ID [containers]`` with the pipe as standard input.
"""

from __future__ import annotations

import contextlib
import subprocess
import sys
import time
from types import TracebackType

from harness.errors import EnvironmentMissing
from harness.stack.containers.sweep import remove_all_of
from harness.stack.processes.sweep import end_processes_of

CONTAINERS = "containers"
OVER = b"over"
ONCE_MORE_SECONDS = 2.0
SWEPT_WITHIN_SECONDS, WITH_CONTAINERS_SECONDS = 30.0, 150.0


class Watchdog:
    """Holds the writing end of the pipe while the run goes on. Used as a context manager around everything else."""

    def __init__(self, run_id: str, *, containers: bool = False) -> None:
        """Make one for a run; ``containers`` says that it has some, so that Docker is asked for what is left."""
        self._run_id = run_id
        self._containers = containers
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Watchdog:
        """Start the watchdog in a session of its own, so that no Ctrl-C reaches it."""
        # The run id travels as an argument, not in the environment: the watchdog must not find itself.
        self._process = subprocess.Popen(
            [sys.executable, "-m", "harness.stack.processes.watchdog", self._run_id, *[CONTAINERS] * self._containers],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            start_new_session=True,
        )
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Close the pipe and wait until the watchdog has swept; what it had to end was left behind by a defect."""
        assert self._process is not None
        assert self._process.stdin is not None
        with contextlib.suppress(BrokenPipeError), self._process.stdin as pipe:
            pipe.write(OVER if kind is None else b"")
        self._process.wait(timeout=WITH_CONTAINERS_SECONDS if self._containers else SWEPT_WITHIN_SECONDS)


def main(arguments: list[str]) -> int:
    """Wait for the pipe to close, then sweep."""
    run_id, *also = arguments
    told = sys.stdin.buffer.read()
    end_processes_of(run_id)
    if CONTAINERS not in also:
        return 0
    try:
        remove_all_of(run_id)
        if told != OVER:
            time.sleep(ONCE_MORE_SECONDS)
            remove_all_of(run_id)
    except EnvironmentMissing as error:
        sys.stderr.write(f"assay: containers of {run_id} may be left: {error}\n")
        return error.exit_code
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
