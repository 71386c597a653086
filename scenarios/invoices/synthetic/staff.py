"""The workers of a synthetic run: three slots, in each one process after another as they are killed and replaced."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from scenarios.invoices.synthetic.lines import Lines
from scenarios.invoices.synthetic.timeline import BRING_UP_SECONDS

SLOTS = 3
DOWN_SECONDS = 1.5
READY_AFTER_SECONDS = 1.2


@dataclass(frozen=True)
class Worker:
    """One worker process: it takes tasks from ``ready_seconds`` on, until it is killed."""

    name: str
    pid: int
    started_seconds: float
    killed_seconds: float | None

    @property
    def ready_seconds(self) -> float:
        """When it takes its first task."""
        return self.started_seconds + READY_AFTER_SECONDS

    def on_duty(self, at_seconds: float) -> bool:
        """Whether it takes a task that comes at this instant."""
        return self.ready_seconds <= at_seconds and (self.killed_seconds is None or at_seconds < self.killed_seconds)


class Staff:
    """All workers that there ever are.

    :param kills: slot (from 0) and instant of each kill.
    """

    def __init__(self, kills: Iterable[tuple[int, float]]) -> None:
        at = sorted(kills, key=lambda kill: kill[1])
        self._of_slot = [_lives(slot, [when for which, when in at if which == slot]) for slot in range(SLOTS)]

    def taking(self, at_seconds: float, slot: int) -> Worker:
        """The worker that takes a task which comes at this instant: that of the slot, or of the next that has one."""
        for turn in range(SLOTS):
            lives = self._of_slot[(slot + turn) % SLOTS]
            worker = _latest(lives, at_seconds)
            if worker is not None and worker.on_duty(at_seconds):
                return worker
        raise ValueError(f"no worker is on duty at {at_seconds:.3f} s: too much is killed at once")

    def killed_in(self, slot: int, at_seconds: float) -> Worker:
        """The worker of the slot that is killed at this very instant."""
        return next(worker for worker in self._of_slot[slot] if worker.killed_seconds == at_seconds)

    @property
    def workers(self) -> list[Worker]:
        """All of them, slot by slot."""
        return [worker for lives in self._of_slot for worker in lives]

    def write(self, lines: Lines, stopped_seconds: float) -> None:
        """Their comings and goings.

        :param stopped_seconds: when those that are left are stopped.
        """
        for worker in self.workers:
            came = {"name": worker.name, "pid": worker.pid, "event": "started", "detail": ""}
            lines.add("harness", worker.started_seconds, "process", **came)
            lines.add(worker.name, worker.ready_seconds, "worker-ready", app="workflows.app", source="", pid=worker.pid)
            if worker.killed_seconds is not None:
                gone = {**came, "event": "killed", "detail": "exit code -9"}
                lines.add("harness", worker.killed_seconds, "process", **gone)
            else:
                gone = {**came, "event": "stopped", "detail": "exit code 0"}
                lines.add("harness", stopped_seconds, "process", **gone)


def _lives(slot: int, kills: list[float]) -> list[Worker]:
    starts = [BRING_UP_SECONDS + 0.3, *(at + DOWN_SECONDS for at in kills)]
    return [
        Worker(f"worker-{slot + 1}.{number}", 10_000 * (slot + 1) + number, started, killed)
        for number, (started, killed) in enumerate(zip(starts, [*kills, None], strict=True), start=1)
    ]


def _latest(lives: list[Worker], at_seconds: float) -> Worker | None:
    """The last that had started by then. There are few, and the late ones are asked for late."""
    low, high = 0, len(lives)
    while low < high:
        middle = (low + high) // 2
        if lives[middle].started_seconds <= at_seconds:
            low = middle + 1
        else:
            high = middle
    return lives[low - 1] if low else None
