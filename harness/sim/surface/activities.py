"""The context of an attempt: what ``temporalio.activity`` reads while it runs."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Sequence
from typing import Any

import temporalio.activity
import temporalio.api.common.v1
import temporalio.common
import temporalio.converter

_NEVER = threading.Event()
"""No simulated worker is ever told to stop: it works, or it is killed."""


CompletesLater = temporalio.activity._CompleteAsyncError
"""What an activity raises that somebody else will complete."""


class RunningActivity:
    """An attempt's context: what ``temporalio.activity`` reads while the attempt runs.

    :param client: what ``activity.client()`` gives.
    """

    def __init__(
        self, info: temporalio.activity.Info, converter: temporalio.converter.PayloadConverter, client: Any
    ) -> None:
        self.info = info
        self._converter = converter
        self.holder = temporalio.activity._ActivityCancellationDetailsHolder()
        self._cancelled = temporalio.common._CompositeEvent(threading.Event(), asyncio.Event())
        self._shutdown = temporalio.common._CompositeEvent(_NEVER, asyncio.Event())
        self._context = temporalio.activity._Context(
            info=lambda: info,
            heartbeat=None,
            cancelled_event=self._cancelled,
            worker_shutdown_event=self._shutdown,
            shield_thread_cancel_exception=None,
            payload_converter_class_or_instance=converter,
            runtime_metric_meter=temporalio.common.MetricMeter.noop,
            client=client,
            cancellation_details=self.holder,
        )

    def enter(self) -> None:
        """Make it the current one, in the context of the task that calls this."""
        temporalio.activity._Context.set(self._context)

    def bind(self, info: Callable[[], temporalio.activity.Info], heartbeat: Callable[..., None]) -> None:
        """What the innermost interceptor gives."""
        self._context.info, self._context.heartbeat = info, heartbeat

    def payloads(self, values: Sequence[Any]) -> temporalio.api.common.v1.Payloads:
        """Values as the payloads of a heartbeat."""
        return temporalio.api.common.v1.Payloads(payloads=self._converter.to_payloads(values))

    def cancel(self, **why: bool) -> None:
        """Tell it that it is cancelled, and why (see ``ActivityCancellationDetails``)."""
        if self.holder.details is None:
            self.holder.details = temporalio.activity.ActivityCancellationDetails(**why)
        self._cancelled.set()
