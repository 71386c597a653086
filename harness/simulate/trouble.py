"""All that goes wrong in a simulation: taken from the choices of the engine, and noted, so that the record can tell it.

Data flow: seed or plan → **trouble** → engine and world; notes → ``strikes`` → record. Once it is healed nothing more
goes wrong, as in a real run.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from harness.sim.kernel.choices import LATE, QUICK, SHORTEST, Choices
from harness.sim.kernel.plan import Choice, Plan
from harness.sim.kernel.timeline import SECOND

LASTS_SECONDS = 25.0
"""For so long things go wrong; then everybody has time to be answered before he gives up (60 s)."""
BEGINS_LATEST_SECONDS = 45.0
"""In one company of five trouble begins later than work, for what happens late: reminders, an end."""
LATEST = 9 * SECOND
"""How late a message is at most: just beyond what a caller of the API waits."""
LONGEST = 12 * SECOND
"""How long a fault lasts at most: beyond the heartbeat time-out, and short enough to be over in a run."""
STRUCK_ATTEMPTS = 3
"""Only the first attempts of an activity are struck by themselves: what is always struck proves nothing."""
_ATTEMPT = re.compile(r" attempt (\d+) fault$")


@dataclass(frozen=True)
class Note:
    """Something that went wrong.

    :param service: of the world, where it struck one; ``reference`` is what was asked there about.
    """

    place: str
    kind: str
    at_seconds: float
    lasts_seconds: float = 0.0
    service: str = ""
    reference: str = ""


class Trouble:
    """The choices of the engine, watched.

    :param begins_seconds: when it begins; it lasts for ``LASTS_SECONDS``.
    :param for_ever: it goes on to the end, also after all is healed: for what strikes each activity once.
    :ivar notes: what went wrong up to now, in the order of time.
    """

    def __init__(self, choices: Choices, begins_seconds: float = 0.0, *, for_ever: bool = False) -> None:
        self._choices, self._begins_seconds, self._for_ever = choices, begins_seconds, for_ever
        self._now: Callable[[], float] | None = None
        self._healed = False
        self.notes: list[Note] = []

    def begin(self, now: Callable[[], float]) -> None:
        """Begin at this instant.

        :param now: the record's time, by which notes are dated.
        """
        self._now = now
        self._begins = now() + self._begins_seconds
        self._ends = self._begins + LASTS_SECONDS

    def heal(self) -> None:
        """Let nothing more go wrong."""
        self._healed = True

    @property
    def healed(self) -> bool:
        """Whether nothing goes wrong any more, or yet."""
        if self._for_ever:
            return False
        if self._healed or self._now is None:
            return True
        return not self._begins <= self._now() < self._ends

    def lag(self, place: str) -> int:
        """See ``Choices``."""
        lag = self._choices.lag(place)
        if lag > QUICK + SHORTEST:
            if self.healed:
                return SHORTEST + lag % QUICK
            lag = SHORTEST + lag % LATEST
            self._note(place, LATE, lag)
        return lag

    def fault(self, place: str, kinds: tuple[str, ...], longest: int = 0) -> Choice | None:
        """See ``Choices``."""
        attempt = _ATTEMPT.search(place)
        if self.healed or (attempt is not None and int(attempt[1]) > STRUCK_ATTEMPTS):
            return None
        choice = self._choices.fault(place, kinds, min(longest, LONGEST))
        if choice is not None:
            self._note(place, choice.kind, choice.nanoseconds)
        return choice

    def strike(
        self, place: str, kinds: tuple[str, ...], *, longest_seconds: float, service: str, reference: str
    ) -> Note | None:
        """What goes wrong with a request to a service of the world, if anything does."""
        if self.healed:
            return None
        choice = self._choices.fault(place, kinds, round(longest_seconds * SECOND))
        return self._note(place, choice.kind, choice.nanoseconds, service, reference) if choice is not None else None

    def suffered(self, place: str, kind: str, *, service: str, reference: str) -> None:
        """A request was turned down by what had struck its service before: whoever asked has lost an attempt by it."""
        self._note(place, kind, 0, service, reference)

    def identifier(self, place: str) -> str:
        """See ``Choices``."""
        return self._choices.identifier(place)

    def plan(self) -> Plan:
        """See ``Choices``."""
        return self._choices.plan()

    def _note(self, place: str, kind: str, lasts: int, service: str = "", reference: str = "") -> Note:
        assert self._now is not None
        note = Note(place, kind, self._now(), lasts / SECOND, service, reference)
        self.notes.append(note)
        return note
