"""How the replay of one history went, as the child writes it into its journal and the gate reads it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Drift:
    """One command that SDK Core takes for the same, and that is not: ``field`` was ``then`` and is ``now``.

    ``event`` is the event of the command, ``places`` are the lines that made it, the innermost first.
    """

    event: str
    field: str
    then: str
    now: str
    places: tuple[str, ...] = ()


@dataclass(frozen=True)
class Result:
    """``reason`` is one of ``harness.replay.reasons``; the rest is empty where there is nothing to say.

    ``recorded`` is the event at which it went wrong, ``commanded`` what the code did there, ``places`` the lines that
    did it, as "FILE:LINE", the innermost first.
    """

    reason: str
    message: str = ""
    workflow_type: str = ""
    tasks_completed: int = 0
    recorded: str = ""
    commanded: str = ""
    places: tuple[str, ...] = ()
    drifts: tuple[Drift, ...] = ()
