"""Lines come by signal, and an update with a validator closes the order."""

from __future__ import annotations

from harness.foreign.testing_sample import Sample
from harness.foreign.testing_shop import APP, Shop

SIGNALS = """\
from temporalio.workflow import unsafe

with unsafe.imports_passed_through():
    import clock

@workflow.defn
class Order:
    def __init__(self) -> None:
        self.lines = []
        self.closed = False

    @workflow.run
    async def run(self, order: str) -> str:
        await workflow.wait_condition(lambda: self.closed)
        if clock.is_even(workflow.now()):
            await workflow.sleep(0.01)
        await workflow.execute_activity(pack, order, start_to_close_timeout=FIVE)
        return ",".join(self.lines)

    @workflow.signal
    def line(self, what: str) -> None:
        self.lines.append(what)

    @workflow.update
    async def close(self, lines: int) -> int:
        await workflow.wait_condition(lambda: len(self.lines) >= lines)
        self.closed = True
        return len(self.lines)

    @close.validator
    def no_negative(self, lines: int) -> None:
        if lines < 0:
            raise ValueError("less than nothing")

"""
CLOCK = """\
import datetime

def is_even(now):
    return now.microsecond // 1000 % 2 == 0
"""
CLOSE = """for what in "abc":
            await handle.signal("line", what)
        await handle.execute_update("close", 3, id=f"close-{n}")"""

SAMPLE = Sample(
    Shop(SIGNALS + APP, then=CLOSE, files={"clock.py": CLOCK}),
    ("return now.microsecond", "return datetime.datetime.now().microsecond"),
    "replay",
    "the code no longer does what its history says",
)
"""A workflow that looks at the wall clock goes another way when it is replayed."""
