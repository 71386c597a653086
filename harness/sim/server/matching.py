"""Which worker gets a task. What no worker can take waits until one can."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

from harness.sim.kernel.choices import Choices
from harness.sim.kernel.timeline import Timeline
from harness.sim.server.execution import Activity, Execution, Task
from harness.sim.server.tasks import deliver_task
from harness.sim.server.worker import Worker

Offer = Callable[[Worker], bool]
"""Gives a task to a worker; ``False`` when nobody wants it any more."""


class Matching:
    """The task queues of all workers. A worker is chosen anew for each task."""

    def __init__(self, timeline: Timeline, choices: Choices) -> None:
        self._timeline, self._choices = timeline, choices
        self._workers: list[Worker] = []
        self._waiting: dict[tuple[str, str], deque[tuple[str, Offer]]] = {}

    def offer_task(self, run: Execution, task: Task, lag: int) -> None:
        """A workflow task for whoever serves its queue and has the time."""
        place = f"{run.place} task {task.ordinal} is taken"
        self._timeline.after(
            lag, self._match, "workflow", run.options.task_queue, place, lambda worker: deliver_task(run, task, worker)
        )

    def offer_activity(self, run: Execution, activity: Activity, attempt: int, lag: int) -> None:
        """An attempt of an activity, likewise."""
        place = f"{run.place} activity {activity.command.activity_id} attempt {attempt} is taken"
        self._timeline.after(
            lag,
            self._match,
            *("activity", activity.command.task_queue, place),
            lambda worker: worker.take_activity(run, activity, attempt),
        )

    def join(self, worker: Worker) -> None:
        """A worker begins to poll; it gets what waits."""
        self._workers.append(worker)
        for (kind, queue), waiting in self._waiting.items():
            if worker.serves(queue):
                due, self._waiting[kind, queue] = list(waiting), deque()
                for place, offer in due:
                    lag = self._choices.lag(f"{place} by {worker.name}")
                    self._timeline.after(lag, self._match, kind, queue, place, offer)

    def leave(self, worker: Worker) -> None:
        """A worker polls no more."""
        self._workers.remove(worker)

    def worker_for(self, queue: str, place: str) -> Worker | None:
        """One of the workers that serve a queue."""
        serving = [worker for worker in self._workers if worker.serves(queue)]
        if len(serving) < 2:
            return serving[0] if serving else None
        return serving[self._choices.lag(place) % len(serving)]

    def _match(self, kind: str, queue: str, place: str, offer: Offer) -> None:
        worker = self.worker_for(queue, place)
        if worker is None:
            self._waiting.setdefault((kind, queue), deque()).append((place, offer))
        else:
            offer(worker)
