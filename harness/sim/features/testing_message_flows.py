"""Workflows that take signals, queries and updates, wait, and go on in another run."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from temporalio import workflow
from temporalio.common import RetryPolicy, SearchAttributeKey
from temporalio.exceptions import ApplicationError

SHOWN = SearchAttributeKey.for_keyword("BusinessStatus")


@workflow.defn
class Inbox:
    """Takes words by signal and by update until it hears ``end``."""

    def __init__(self) -> None:
        self._words: list[str] = []

    @workflow.run
    async def run(self) -> list[str]:
        await workflow.wait_condition(lambda: "end" in self._words)
        await workflow.wait_condition(workflow.all_handlers_finished)
        return self._words

    @workflow.signal
    def say(self, word: str) -> None:
        self._words.append(word)

    @workflow.signal
    async def say_later(self, word: str) -> None:
        await asyncio.sleep(1)
        self._words.append(word)

    @workflow.query
    def words(self) -> list[str]:
        return self._words

    @workflow.query
    def broken(self) -> str:
        raise ValueError("no answer")

    @workflow.update
    async def add(self, word: str) -> int:
        await asyncio.sleep(1)
        if word == "bad":
            raise ApplicationError("a bad word", type="Bad")
        self._words.append(word)
        return len(self._words)

    @add.validator
    def _check(self, word: str) -> None:
        if not word:
            raise ApplicationError("no word", type="Empty")

    @workflow.update
    def add_now(self, word: str) -> int:
        self._words.append(word)
        return len(self._words)


@workflow.defn
class Waits:
    """Timers, conditions and what an execution says of itself."""

    def __init__(self) -> None:
        self._asked = False

    @workflow.run
    async def run(self, what: str) -> str:
        return str(await getattr(self, "_" + what)())

    async def _timer(self) -> str:
        await asyncio.sleep(1)
        return "rung"

    async def _timer_cancelled(self) -> str:
        long = asyncio.create_task(asyncio.sleep(3600))
        await asyncio.sleep(1)
        long.cancel()
        await asyncio.sleep(1)
        return str(long.cancelled())

    async def _condition_over(self) -> str:
        try:
            await workflow.wait_condition(lambda: self._asked, timeout=1)
        except TimeoutError:
            return "nobody asked"
        return "asked"

    async def _patched(self) -> str:
        first = workflow.patched("a")
        await asyncio.sleep(1)
        workflow.deprecate_patch("b")
        await asyncio.sleep(1)
        return f"{first} {workflow.patched('a')}"

    async def _attributes(self) -> str:
        workflow.upsert_search_attributes([SHOWN.value_set("sent")])
        workflow.upsert_memo({"note": "a", "gone": 1})
        await asyncio.sleep(1)
        workflow.upsert_search_attributes([SHOWN.value_unset()])
        workflow.upsert_memo({"gone": None})
        await asyncio.sleep(1)
        return str(sorted(workflow.memo()))

    async def _chance(self) -> str:
        first = workflow.uuid4()
        await asyncio.sleep(1)
        return f"{first} {workflow.uuid4()} {workflow.random().random() < 1}"

    async def _cancelled(self) -> str:
        await asyncio.sleep(3600)
        return "not cancelled"

    async def _cancelled_and_cleans(self) -> str:
        try:
            await asyncio.sleep(3600)
        except asyncio.CancelledError:
            await asyncio.sleep(1)
            return f"cleaned: {workflow.cancellation_reason()}"
        return "not cancelled"

    async def _fails(self) -> str:
        raise ApplicationError("given up", {"why": 1}, type="GivenUp")

    async def _fails_twice(self) -> str:
        if workflow.info().attempt < 3:
            raise ApplicationError(f"attempt {workflow.info().attempt}")
        return f"attempt {workflow.info().attempt}"

    async def _long(self) -> str:
        await asyncio.sleep(3600)
        return "long"

    async def _a_bug_at_once(self) -> str:
        raise ValueError("a bug")

    async def _a_bug(self) -> str:
        await asyncio.sleep(1)
        raise ValueError("a bug")


@workflow.defn
class Counts:
    """Counts down, a run for each number; says what it was carried."""

    @workflow.run
    async def run(self, left: int) -> str:
        await asyncio.sleep(1)
        if left:
            workflow.continue_as_new(left - 1, memo={"left": left})
        info = workflow.info()
        return f"{workflow.memo()} {info.attempt} {info.continued_run_id is not None}"


@workflow.defn
class Carries:
    """Goes on in a new run and tells what came with it."""

    @workflow.run
    async def run(self, what: str) -> str:
        info = workflow.info()
        if info.continued_run_id is None:
            workflow.upsert_search_attributes([SHOWN.value_set("sent")])
            workflow.upsert_memo({"note": "changed", "more": 1})
            await asyncio.sleep(1)
            workflow.continue_as_new(what)
        shown = info.typed_search_attributes.get(SHOWN)
        return f"{sorted(workflow.memo().items())} {shown} {info.run_timeout} {info.retry_policy is not None}"


RETRIED = RetryPolicy(initial_interval=timedelta(seconds=1), maximum_attempts=3)
FLOWS = (Inbox, Waits, Counts, Carries)
