"""What the simulator does not have is refused by name. Skipping it would answer a question that nobody asked."""

from __future__ import annotations

from harness.errors import UsageError


class NotSimulated(UsageError):
    """The code under test uses something that the simulator lacks; the message names it, where, and what mends it.

    Nothing is proved by it either way, so a command ends with UNKNOWN.

    Raised inside simulated code it also ends the simulation (``Timeline.refuse``), so that no ``except`` of the
    application can hide it.
    """

    exit_code = 4
