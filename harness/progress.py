"""What a person sees while a run goes on: a live line on a terminal, plain lines everywhere else.

``NO_COLOR`` is honoured by the console. The engine knows only the Protocol.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Protocol

from rich.console import Console
from rich.status import Status

PLAIN_EVERY_SECONDS = 10.0


class Progress(Protocol):
    """Where a run says how far it is."""

    def phase(self, name: str, detail: str = "") -> None:
        """A phase begins."""

    def update(self, text: str) -> None:
        """How far the phase is; called often."""


class NoProgress:
    """Says nothing: for tests and for runs inside pytest."""

    def phase(self, name: str, detail: str = "") -> None:
        """Say nothing."""

    def update(self, text: str) -> None:
        """Say nothing."""


class PlainProgress:
    """A line per phase, and one every ten seconds within a phase. For pipes, logs and CI."""

    def __init__(self, write: Callable[[str], None]) -> None:
        self._write = write
        self._began = time.monotonic()
        self._said = self._began

    def phase(self, name: str, detail: str = "") -> None:
        """Write the phase with the seconds since the run began."""
        self._said = time.monotonic()
        self._write(f"[{self._said - self._began:6.1f} s] {name}{': ' + detail if detail else ''}")

    def update(self, text: str) -> None:
        """Write the text, unless something was written a moment ago."""
        if time.monotonic() - self._said >= PLAIN_EVERY_SECONDS:
            self._said = time.monotonic()
            self._write(f"[{self._said - self._began:6.1f} s]   {text}")


class LiveProgress:
    """A spinner with the current phase, above it the phases that are done. For a terminal."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._status: Status | None = None
        self._began = time.monotonic()
        self._phase = ""

    def phase(self, name: str, detail: str = "") -> None:
        """Leave the last phase as a line and spin for this one."""
        self.close()
        self._phase = f"{name}{': ' + detail if detail else ''}"
        self._status = self._console.status(self._phase)
        self._status.start()

    def update(self, text: str) -> None:
        """Show the text behind the phase's name."""
        if self._status is not None:
            self._status.update(f"{self._phase} · {text}")

    def close(self) -> None:
        """End the spinner, leaving the phase as a line."""
        if self._status is not None:
            self._status.stop()
            self._status = None
            self._console.print(f"  [green]✓[/] {self._phase} [dim]({time.monotonic() - self._began:.0f} s)[/]")
