"""What Assay needs to know of the application: its queues and its activities."""

from dataclasses import dataclass
from typing import ClassVar

from workflows import Order
from workflows.order import pack


@dataclass(frozen=True)
class Queue:
    """Any object with these two attributes will do."""

    workflows: tuple[type, ...]
    activities: tuple[str, ...]


class app:
    """Found by its name, ``[tool.assay] app``."""

    queues: ClassVar = {"orders": Queue((Order,), ("pack",))}
    activities = staticmethod(lambda ports: [pack])
    subject_of = staticmethod(lambda workflow_id: workflow_id.removeprefix("order-"))
