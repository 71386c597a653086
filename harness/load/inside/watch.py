"""Watching a system from a load test: the process that takes readings is begun and ended here.

Data flow: `judging` begins a **watch** with a test and ends it before the report → `watcher` → readings. The
process costs the load's nothing: it has no part in its loop, and its readings go to a file. Whatever goes wrong with it
is said in the report and changes no verdict.
"""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from harness.load.inside.reading import ANSWER_TIMEOUT_SECONDS, Reading
from harness.load.inside.sources import Sources

MODULE = "harness.load.inside.watcher"
ENDS_WITHIN_SECONDS = ANSWER_TIMEOUT_SECONDS * 2 + 2.0
SAID_CHARACTERS = 300


@dataclass(frozen=True)
class Watched:
    """The readings of a test, and what went wrong with taking them."""

    readings: Sequence[Reading] = ()
    problem: str | None = None


class Watch:
    """A process that reads these sources until ``end``."""

    def __init__(self, sources: Sources) -> None:
        self._files = contextlib.ExitStack()
        self._readings = self._files.enter_context(tempfile.TemporaryFile())  # noqa: SIM115 - closed by end
        self._said = self._files.enter_context(tempfile.TemporaryFile())  # noqa: SIM115
        pipes: Any = {"stdin": subprocess.PIPE, "stdout": self._readings, "stderr": self._said}
        # In a session of its own, so that Ctrl-C ends the load, whose last seconds are still to be seen.
        self._process: subprocess.Popen[bytes] = subprocess.Popen(
            [sys.executable, "-m", MODULE], start_new_session=True, **pipes
        )
        told = {"metrics": dict(sources.metrics), "root": sources.root, "generator": os.getpid()}
        self._input: Any = self._process.stdin
        self._tell(json.dumps(told).encode() + b"\n")

    def end(self) -> Watched:
        """Have it take a last reading and end; returns all of them."""
        try:
            self._tell(None)
            try:
                code = self._process.wait(timeout=ENDS_WITHIN_SECONDS)
            except subprocess.TimeoutExpired:
                self._process.kill()
                code = self._process.wait()
            problem = None if code == 0 else f"the process that reads exited with {code}: {self._last_said()}"
            self._readings.seek(0)
            return Watched(tuple(_readings(self._readings.read())), problem)
        finally:
            self._files.close()

    def count(self) -> int:
        """How many readings there are so far."""
        return os.pread(self._readings.fileno(), os.fstat(self._readings.fileno()).st_size, 0).count(b"\n")

    def _tell(self, line: bytes | None) -> None:
        """A line, or the end; a process that has ended already is seen by its exit code."""
        with contextlib.suppress(OSError):
            if line is None:
                self._input.close()
            else:
                self._input.write(line)
                self._input.flush()

    def _last_said(self) -> str:
        self._said.seek(0)
        return self._said.read().decode(errors="replace").strip()[-SAID_CHARACTERS:] or "it said nothing"


def _readings(lines: bytes) -> list[Reading]:
    """A last line that was cut short, because its process was killed, is none."""
    whole = lines[: lines.rfind(b"\n") + 1]
    return [Reading.from_json(json.loads(line)) for line in whole.splitlines()]
