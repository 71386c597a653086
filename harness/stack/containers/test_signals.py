"""What the engine says of a container that there is none of any more."""

from __future__ import annotations

import signal

from harness.stack.containers.signals import ContainerSignals
from harness.stack.docker import DockerError


def test_one_that_was_removed_is_gone() -> None:
    def ask(*words: str, **_: object) -> str:
        raise DockerError(f"docker {words[0]} exited with 1: Error response from daemon: No such container: api")

    signals = ContainerSignals("api", 7, ask)
    signals.send(signal.SIGKILL)
    assert signals.gone()
    assert not signals.stands_still()
