"""Payloads are zipped, and the activity is a method of an object."""

from __future__ import annotations

from harness.foreign.testing_sample import GENERIC, Sample
from harness.foreign.testing_shop import Shop

CONVERTED = """\
import zlib
from temporalio.api.common.v1 import Payload
from temporalio.converter import DataConverter, PayloadCodec

ZIP = {"encoding": b"binary/zip"}

class Zipped(PayloadCodec):
    async def encode(self, payloads):
        return [Payload(metadata=ZIP, data=zlib.compress(each.SerializeToString())) for each in payloads]

    async def decode(self, payloads):
        return [Payload.FromString(zlib.decompress(each.data)) for each in payloads]

class Counter:
    def __init__(self, start: int) -> None:
        self.start = start

    @activity.defn
    async def count(self, order: str) -> int:
        await asyncio.sleep(0.3)
        return self.start + int(order)

COUNTER = Counter(100)

@workflow.defn
class Order:
    @workflow.run
    async def run(self, order: str) -> int:
        return await workflow.execute_activity(
            Counter.count, args=[order], start_to_close_timeout=FIVE, retry_policy=RetryPolicy(maximum_attempts=5)
        )

class app:
    queues = {"orders": Queue((Order,), ("count",))}
    activities = staticmethod(lambda ports: [COUNTER.count])
    data_converter = DataConverter(payload_codec=Zipped())
"""

SAMPLE = Sample(
    Shop(CONVERTED, checks=f"{GENERIC}, RetriesCheck(attempts_at_most=5)"),
    ("RetryPolicy(maximum_attempts=5)", "RetryPolicy()"),
    "retries",
    "its policy allows attempts for ever, and 5 are promised",
)
"""Without a limit an activity is tried for ever."""
