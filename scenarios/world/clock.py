"""What tells the world the time and lets it pass: the host's clocks behind sockets, a caller's own in memory."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Clock:
    """Three views of one time.

    :param monotonic: seconds that only grow, for the record.
    :param unix: seconds since 1970, for signatures.
    :param sleep: returns when so many seconds have passed.
    """

    monotonic: Callable[[], float]
    unix: Callable[[], float]
    sleep: Callable[[float], Awaitable[None]]
