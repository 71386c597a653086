"""What a project's own nemesis raises is its mistake, with its line; what ours raises stays ours."""

from __future__ import annotations

import asyncio
import importlib.util
from pathlib import Path
from typing import Any, cast

import pytest

from harness.errors import EnvironmentMissing, UsageError
from harness.experiment.asked_nemesis import AskedNemesis
from harness.experiment.claim import Nemesis
from harness.experiment.site import Site

SITE = cast(Site, None)
THEIRS = """
class Theirs:
    def __init__(self, act):
        self._act = act

    async def prepare(self, site):
        await self._act()

    run = heal = prepare
"""


class Ours:
    """As a nemesis of the engine, in which a defect raises."""

    async def run(self, site: object) -> None:
        await fails()


async def fails() -> None:
    raise LookupError("no such worker")


async def fails_in_a_bundle() -> None:
    async with asyncio.TaskGroup() as group:
        group.create_task(fails())


async def lacks() -> None:
    raise EnvironmentMissing("no port is free")


@pytest.fixture
def theirs(tmp_path: Path) -> Any:
    """The class of a nemesis in a file of the project's."""
    file = tmp_path / "their_nemesis.py"
    file.write_text(THEIRS)
    spec = importlib.util.spec_from_file_location("their_nemesis", file)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.Theirs


def asked(nemesis: object) -> AskedNemesis:
    return AskedNemesis("orders", cast(Nemesis, nemesis))


@pytest.mark.parametrize("act", [fails, fails_in_a_bundle])
@pytest.mark.parametrize("method", ["prepare", "run", "heal"])
async def test_what_theirs_raises_is_told_with_its_line(theirs: Any, method: str, act: object) -> None:
    told = rf"the claim 'orders': its nemesis' {method}: .*their_nemesis.py:7: LookupError: no such worker"
    with pytest.raises(UsageError, match=told):
        await getattr(asked(theirs(act)), method)(SITE)


async def test_what_ours_raises_is_no_mistake_of_theirs() -> None:
    with pytest.raises(LookupError, match="no such worker"):
        await asked(Ours()).run(SITE)


async def test_a_method_that_cannot_be_asked_is_their_mistake(theirs: Any) -> None:
    def no_coroutine(self: object, site: object) -> None: ...

    async def takes_no_site(self: object) -> None: ...

    for method, told in ((no_coroutine, "await"), (takes_no_site, "positional argument"), (None, "not callable")):
        theirs.run = method
        with pytest.raises(UsageError, match=rf"^the claim 'orders': its nemesis' run: .*TypeError: .*{told}"):
            await asked(theirs(fails)).run(SITE)


async def test_what_the_machine_lacks_is_nobodys_mistake(theirs: Any) -> None:
    with pytest.raises(EnvironmentMissing):
        await asked(theirs(lacks)).run(SITE)


async def test_being_interrupted_is_nobodys_mistake(theirs: Any) -> None:
    running = asyncio.create_task(asked(theirs(asyncio.Event().wait)).run(SITE))
    await asyncio.sleep(0)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running


def test_what_a_plan_is_made_of_may_be_made_while_it_is_read(theirs: Any) -> None:
    theirs.describe = lambda self: ({"kind": kind} for kind in ("worker-kill", "worker-pause"))
    nemesis = asked(theirs(fails))
    assert [len(nemesis.describe()) for _ in range(2)] == [2, 2]
