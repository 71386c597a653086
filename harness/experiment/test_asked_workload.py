"""Whatever a claim's workload raises in the middle of a run is the project's mistake, with its line."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, cast

import pytest

from harness.errors import EnvironmentMissing, UsageError
from harness.experiment import asked_workload
from harness.experiment.asked_workload import AskedWorkload
from harness.experiment.site import Caller, Site
from harness.experiment.workload import Answer, PlannedOperation, Workload
from harness.record.record import Outcome

SITE = cast(Site, None)
METHODS = ("describe", "prepare", "canaries", "operations", "settle", "read_back")


class Failing:
    """Every method raises, as one does that holds a typing error."""

    def __getattr__(self, name: str) -> Callable[..., Any]:
        def method(*arguments: object) -> Any:
            raise LookupError("no sample")

        async def awaited(*arguments: object) -> Any:
            raise LookupError("no sample")

        return awaited if name in ("prepare", "settle", "read_back") else method


@dataclass(frozen=True)
class One:
    """A workload of one operation."""

    call: Callable[[Caller], Awaitable[Answer]]

    def operations(self) -> list[PlannedOperation]:
        return [PlannedOperation("pay/1", "pay", "1", 0.0, self.call)]

    canaries = operations


def asked(workload: object) -> AskedWorkload:
    return AskedWorkload("orders", cast(Workload, workload))


async def run(call: Callable[[Caller], Awaitable[Answer]], of: str = "operations") -> Answer:
    (operation,) = getattr(asked(One(call)), of)()
    return await cast(PlannedOperation, operation).call(cast(Caller, SITE))


@pytest.mark.parametrize("name", METHODS)
async def test_what_a_method_raises_is_told_with_its_line(name: str) -> None:
    async def ask() -> None:
        result = getattr(asked(Failing()), name)(*([SITE] if name in ("prepare", "settle", "read_back") else []))
        await result

    told = rf"^the claim 'orders': its workload's {name}: .*test_asked_workload.py:\d+: LookupError: no sample"
    with pytest.raises(UsageError, match=told):
        await ask()


@pytest.mark.parametrize("of", ["operations", "canaries"])
async def test_so_is_what_an_operation_raises(of: str) -> None:
    async def call(caller: Caller) -> Answer:
        raise LookupError("no sample")

    with pytest.raises(UsageError, match=r"its workload's operation 'pay/1': .*: LookupError: no sample"):
        await run(call, of)


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (None, "TypeError: returns None, which is no Answer"),
        (Answer(cast(Outcome, "OK")), "which is no Answer with an Outcome"),
        (Answer(Outcome.OK, {"amount": Decimal(1)}), "which cannot be written as JSON"),
    ],
)
async def test_so_is_an_answer_that_is_none(answer: Any, told: str) -> None:
    async def call(caller: Caller) -> Answer:
        return cast(Answer, answer)

    with pytest.raises(UsageError, match=rf"operation 'pay/1': .*test_asked_workload.py:\d+: .*{told}"):
        await run(call)


async def test_so_is_what_is_shown_and_cannot_be_written_down() -> None:
    class Shows:
        async def read_back(self, site: Site) -> dict[str, dict[str, object]]:
            return {"1": {"paid": Decimal(1)}}

    with pytest.raises(UsageError, match=r"its workload's read_back: .*cannot be written as JSON"):
        await asked(Shows()).read_back(SITE)


@pytest.mark.parametrize(
    ("ids", "needs", "told"),
    [
        (("a", "a"), (), "two of its operations have the same operation_id"),
        (("a",), ("b",), "operations wait for b, which it does not have"),
        (("a",), ("a",), "a waits for a, for ever; take one out"),
    ],
)
def test_so_is_a_schedule_that_cannot_be_run(ids: tuple[str, ...], needs: tuple[str, ...], told: str) -> None:
    class Scheduled:
        def operations(self) -> list[PlannedOperation]:
            return [PlannedOperation(each, "pay", "1", 0.0, cast(Any, print), needs=needs) for each in ids]

    with pytest.raises(UsageError, match=rf"its workload's operations: .*{told}"):
        asked(Scheduled()).operations()


def test_so_is_a_schedule_without_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    class Endless:
        def operations(self) -> Iterator[PlannedOperation]:
            return (PlannedOperation(str(n), "pay", "1", 0.0, cast(Any, print)) for n in itertools.count())

    monkeypatch.setattr(asked_workload, "OPERATIONS_AT_MOST", 3)
    with pytest.raises(
        UsageError, match=r"its workload's operations: .*returns more than 3 operations, perhaps without"
    ):
        asked(Endless()).operations()


async def test_so_is_awaiting_what_the_operation_itself_has_cancelled() -> None:
    """A task group would take it for a task that somebody cancelled, and what follows would wait for ever."""

    async def call(caller: Caller) -> Answer:
        task = asyncio.create_task(asyncio.sleep(1.0))
        task.cancel()
        await task
        return Answer(Outcome.OK)

    with pytest.raises(UsageError, match=r"operation 'pay/1': .*: CancelledError"):
        await run(call)


async def raising(error: Exception) -> Answer:
    async with asyncio.TaskGroup() as group:
        group.create_task(raised(error))
    return Answer(Outcome.OK)


async def raised(error: Exception) -> None:
    raise error


async def test_of_a_bundle_the_first_is_told() -> None:
    with pytest.raises(UsageError, match=r"operation 'pay/1': .*test_asked_workload.py:\d+: LookupError: no sample"):
        await run(lambda caller: raising(LookupError("no sample")))


async def test_what_the_machine_lacks_is_nobodys_mistake_in_a_bundle_either() -> None:
    with pytest.raises(ExceptionGroup) as refused:
        await run(lambda caller: raising(EnvironmentMissing("the disk is full")))
    assert isinstance(refused.value.exceptions[0], EnvironmentMissing)


async def test_an_answer_passes() -> None:
    async def call(caller: Caller) -> Answer:
        return Answer(Outcome.OK, {"paid": "1"}, 200)

    assert await run(call) == Answer(Outcome.OK, {"paid": "1"}, 200)


async def test_being_interrupted_is_nobodys_mistake() -> None:
    async def call(caller: Caller) -> Answer:
        await asyncio.Event().wait()
        raise AssertionError

    task = asyncio.create_task(run(call))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
