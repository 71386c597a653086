"""What SIGTERM does to a command: the first interrupts it in the way of Ctrl-C, and those after it change nothing.

What was started is then being taken down, which is bounded; a second signal would cut that short and leave behind what
the first was to stop. It comes as a matter of course: whoever signals a whole group reaches a command and what the
command itself passes the signal on to. A second Ctrl-C is a person's, and still ends a command at once.
"""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


def heed_sigterm() -> None:
    """From now on the first SIGTERM raises ``KeyboardInterrupt``."""
    signal.signal(signal.SIGTERM, _interrupt)


@contextmanager
def sigterm_cancels(task: asyncio.Task[object]) -> Iterator[None]:
    """Within this, SIGTERM cancels a task of the running loop, unless that is being cancelled already."""
    loop, before = asyncio.get_running_loop(), signal.getsignal(signal.SIGTERM)
    loop.add_signal_handler(signal.SIGTERM, lambda: task.cancelling() or task.cancel())
    try:
        yield
    finally:
        # The loop would leave the default behind, by which a command ends without a word between two claims.
        loop.remove_signal_handler(signal.SIGTERM)
        signal.signal(signal.SIGTERM, _pass_over if task.cancelling() else before)


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    signal.signal(signal.SIGTERM, _pass_over)
    raise KeyboardInterrupt


def _pass_over(_number: int, _frame: FrameType | None) -> None:
    """Not ``SIG_IGN``, which programs that are started meanwhile would inherit."""
