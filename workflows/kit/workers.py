"""The workers of a process: one for each task queue, or one for everything where the settings name a single queue."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from temporalio.client import Client
from temporalio.worker import Worker

from workflows.kit.family import Queue
from workflows.kit.settings import Settings


def workers_of(
    client: Client,
    settings: Settings,
    queues: Mapping[str, Queue],
    activities: Sequence[Callable[..., Any]],
    **options: Any,
) -> list[Worker]:
    """The workers, each with the workflows and the activities of its queue.

    :param activities: all of them, bound; a queue names its own.
    :param options: further ones of each worker.
    """
    by_name = {activity_name(activity): activity for activity in activities}
    served = {settings.task_queue: _as_one(queues)} if settings.task_queue else queues
    return [
        Worker(
            client,
            task_queue=name,
            workflows=queue.workflows,
            activities=[by_name[activity] for activity in queue.activities],
            max_concurrent_activities=settings.max_concurrent_activities,
            max_concurrent_workflow_tasks=max(2, settings.max_concurrent_workflows),  # the SDK needs two
            **options,
        )
        for name, queue in served.items()
    ]


def _as_one(queues: Mapping[str, Queue]) -> Queue:
    return Queue(
        tuple(workflow for queue in queues.values() for workflow in queue.workflows),
        tuple(activity for queue in queues.values() for activity in queue.activities),
    )


def activity_name(activity: Callable[..., Any]) -> str:
    """What workflows call it."""
    definition = getattr(activity, "__temporal_activity_definition", None)
    return str(definition.name if definition else activity.__name__)
