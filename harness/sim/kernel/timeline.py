"""Virtual time in integer nanoseconds, and the one heap of everything that is going to happen.

Two entries for the same instant happen in the order in which they were made, so that a seed is the same execution
wherever it runs. Time passes only between entries: whatever an entry does takes no time.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable
from typing import Any, NoReturn

from harness.application.imported import where_now
from harness.sim.refusal import NotSimulated

MILLISECOND = 1_000_000
SECOND = 1_000_000_000
DAY = 86_400 * SECOND


class Entry:
    """Something that is going to happen, unless it is cancelled before."""

    __slots__ = ("args", "call")

    def __init__(self, call: Callable[..., object], args: tuple[Any, ...]) -> None:
        self.call: Callable[..., object] | None = call
        self.args = args

    def cancel(self) -> None:
        """Have it not happen. Again, or too late, changes nothing."""
        self.call, self.args = None, ()


class Timeline:
    """The clock and the heap.

    :param begins: the first instant, in nanoseconds since 1970.
    :ivar now: the present instant, likewise.
    :ivar steps: how many entries have happened.
    :ivar refused: what simulated code asked for and is not there; it ends the simulation.
    """

    def __init__(self, begins: int) -> None:
        self.begins = begins
        self.now = begins
        self.steps = 0
        self.refused: NotSimulated | None = None
        self._heap: list[tuple[int, int, Entry]] = []
        self._made = 0

    def at(self, when: int, call: Callable[..., object], *args: Any) -> Entry:
        """Have something happen at an instant; what lies in the past happens next."""
        return self._put(when if when > self.now else self.now, Entry(call, args))

    def after(self, delay: int, call: Callable[..., object], *args: Any) -> Entry:
        """Have something happen so many nanoseconds from now."""
        return self._put(self.now + delay if delay > 0 else self.now, Entry(call, args))

    def _put(self, when: int, entry: Entry) -> Entry:
        self._made += 1
        heapq.heappush(self._heap, (when, self._made, entry))
        return entry

    def step(self, until: int) -> bool:
        """Let the next entry happen; ``False`` when none is left before ``until``."""
        heap = self._heap
        while heap:
            when, _, entry = heap[0]
            if entry.call is None:
                heapq.heappop(heap)
                continue
            if when >= until:
                return False
            heapq.heappop(heap)
            call, args = entry.call, entry.args
            entry.call, entry.args = None, ()
            self.now = when
            self.steps += 1
            call(*args)
            return True
        return False

    @property
    def pending(self) -> bool:
        """Whether anything is still going to happen."""
        return any(entry.call is not None for _, _, entry in self._heap)

    def refuse(self, what: str) -> NoReturn:
        """End the simulation because simulated code asks for what is not there.

        :raises NotSimulated: always; it is raised again by whoever runs the simulation.
        """
        self.refused = self.refused or NotSimulated(f"{where_now()}{what}")
        raise self.refused
