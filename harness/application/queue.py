"""A task queue as a value, for applications that have no class of their own for it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Queue:
    """One task queue, as `harness.application.contract` wants it; any object with these two attributes is one.

    :param workflows: classes decorated with ``@workflow.defn``.
    :param activities: names of activities, as ``@activity.defn`` registers them.
    """

    workflows: Sequence[type]
    activities: Sequence[str]
