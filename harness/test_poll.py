"""Waits are bounded and say what they waited for."""

import pytest

from harness.errors import WaitTimeout
from harness.poll import eventually


async def test_returns_the_first_truthy_value() -> None:
    answers = iter([None, 0, "ready"])
    assert await eventually(lambda: next(answers), what="it", timeout_seconds=5, interval_seconds=0) == "ready"


async def test_awaits_a_coroutine() -> None:
    async def probe() -> int:
        return 7

    assert await eventually(probe, what="it", timeout_seconds=5) == 7


async def test_names_what_it_waited_for_and_what_it_saw_last() -> None:
    def refuse() -> None:
        raise ConnectionError("refused")

    with pytest.raises(WaitTimeout, match=r"waited 0 s for the API; last seen: ConnectionError"):
        await eventually(refuse, what="the API", timeout_seconds=0, ignore=(ConnectionError,))


async def test_an_error_that_is_not_to_be_ignored_ends_the_wait() -> None:
    def fail() -> None:
        raise ValueError("broken")

    with pytest.raises(ValueError, match="broken"):
        await eventually(fail, what="it", timeout_seconds=5, ignore=(ConnectionError,))
