"""How signals reach a container: what `docker kill`, `pause` and `inspect` do for a name.

SIGKILL ends a paused container too. A paused one stands still by the kernel's freezer: no process of it notices, and
none can refuse.
"""

from __future__ import annotations

import contextlib
import signal
from collections.abc import Callable, Mapping
from typing import Any

from harness.stack.docker import DockerError, docker, read

CALL_SECONDS = 10.0
NONE_THERE = "no such container"

Ask = Callable[..., str]
"""What asks the engine, as ``docker`` does; tests have one of their own."""


class ContainerSignals:
    """One container, by its name. ``pid`` is its first process, as this machine knows it."""

    def __init__(self, name: str, pid: int, ask: Ask = docker) -> None:
        self.name = name
        self._pid = pid
        self._ask = ask
        self._paused = False

    @property
    def pid(self) -> int:
        """The process id of the container's first process."""
        return self._pid

    def send(self, number: signal.Signals) -> None:
        """Pause, let go on or signal the container; one that has ended already is fine.

        :raises EnvironmentMissing: the engine refused, and the container has not ended.
        """
        if number is signal.SIGCONT:
            if self._paused:
                self._call("unpause", self.name)
                self._paused = False
        elif number is signal.SIGSTOP:
            self._paused = True  # Before the call: one that takes too long may have paused it.
            self._call("pause", self.name)
        else:
            self._call("kill", "--signal", number.name.removeprefix("SIG"), self.name)
            self._paused = self._paused and number is not signal.SIGKILL

    def stands_still(self) -> bool:
        """Whether the engine says that it is paused.

        :raises EnvironmentMissing: the engine says nothing.
        """
        return state_of(self.name, self._ask).get("Status") == "paused"

    def gone(self) -> bool:
        """Whether the engine says that nothing of it runs.

        :raises EnvironmentMissing: the engine says nothing.
        """
        return not state_of(self.name, self._ask).get("Running", False)

    def _call(self, *arguments: str) -> None:
        try:
            self._ask(*arguments, timeout_seconds=CALL_SECONDS)
        except DockerError:
            with contextlib.suppress(DockerError):
                if self.gone():
                    return
            raise


def state_of(name: str, ask: Ask = docker) -> Mapping[str, Any]:
    """What the engine says of a container (``Status``, ``Running``, ``Pid``, ``ExitCode``); empty where none is.

    :raises EnvironmentMissing: the engine says nothing, which is no evidence of anything.
    """
    try:
        said = ask("container", "inspect", "--format", "{{json .State}}", name, timeout_seconds=CALL_SECONDS)
    except DockerError as error:
        if NONE_THERE in str(error).lower():
            return {}
        raise
    state: Mapping[str, Any] = read(said, asked=f"container inspect {name}")
    return state
