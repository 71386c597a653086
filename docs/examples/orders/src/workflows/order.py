"""An order is packed."""

import asyncio
from datetime import timedelta

from temporalio import activity, workflow


@activity.defn
async def pack(order: str) -> str:
    """Takes its time, as people do."""
    await asyncio.sleep(0.3)
    return f"packed {order}"


@workflow.defn
class Order:
    """One order, from the click to the parcel."""

    @workflow.run
    async def run(self, order: str) -> str:
        """Packed again soon by another worker, when the first one dies over it."""
        return await workflow.execute_activity(pack, order, start_to_close_timeout=timedelta(seconds=2))
