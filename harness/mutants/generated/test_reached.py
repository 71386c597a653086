"""The lines that a call reaches, those of other threads and of coroutines among them."""

from __future__ import annotations

import asyncio
import sys
import threading
from pathlib import Path

import pytest

from harness.mutants.generated.reached import lines_reached

CODE = """\
LIMIT = 1

def one(n):
    if n > LIMIT:
        return "more"
    return "less"

async def two(event):
    await event
    if event.done():
        return 1
    return 2
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "shop").mkdir()
    (tmp_path / "shop" / "code.py").write_text(CODE)
    return tmp_path


def run(folder: Path) -> dict[str, object]:
    made: dict[str, object] = {}
    exec(compile(CODE, str(folder / "shop" / "code.py"), "exec"), made)
    return made


def numbers(folder: Path, what: object) -> list[int]:
    assert callable(what)
    lines = lines_reached(what, folder, [folder / "shop"])
    assert {file for file, _ in lines} <= {"shop/code.py"}
    return sorted(line for _, line in lines)


def test_importing_reaches_what_is_outside_of_functions(folder: Path) -> None:
    assert numbers(folder, lambda: run(folder)) == [1, 3, 8]


def test_only_what_runs_is_reached_however_often(folder: Path) -> None:
    one = run(folder)["one"]
    assert callable(one)
    assert numbers(folder, lambda: [one(0), one(0)]) == [4, 6]
    assert numbers(folder, lambda: [one(0), one(2), one(0)]) == [4, 5, 6]


def test_a_coroutine_that_goes_on_and_another_thread_are_followed(folder: Path) -> None:
    made = run(folder)
    one, two = made["one"], made["two"]
    assert callable(one)
    assert callable(two)

    async def wait() -> None:
        event: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        asyncio.get_running_loop().call_soon(event.set_result, None)
        await two(event)

    def both() -> None:
        asyncio.run(wait())
        thread = threading.Thread(target=one, args=(2,))
        thread.start()
        thread.join()

    assert numbers(folder, both) == [4, 5, 9, 10, 11]


def test_tracing_ends_with_the_call_even_when_that_fails(folder: Path) -> None:
    before = sys.gettrace(), threading.gettrace()
    with pytest.raises(ZeroDivisionError):
        lines_reached(lambda: 1 // 0, folder, [folder / "shop"])
    assert (sys.gettrace(), threading.gettrace()) == before


def test_a_function_of_one_line_is_reached(folder: Path) -> None:
    made: dict[str, object] = {}
    exec(compile("\ndef one(n): return n\n", str(folder / "shop" / "code.py"), "exec"), made)
    one = made["one"]
    assert callable(one)
    assert numbers(folder, lambda: one(0)) == [2]


def test_other_folders_are_not_looked_at(folder: Path) -> None:
    assert lines_reached(lambda: run(folder), folder, [folder / "other"]) == frozenset()


def test_a_function_that_was_seen_whole_is_traced_no_more(folder: Path) -> None:
    made: dict[str, object] = {"traced": [], "sys": sys}
    text = "def one(n):\n    traced.append(sys._getframe().f_trace is not None)\n    return n\n"
    exec(compile(text, str(folder / "shop" / "code.py"), "exec"), made)
    one = made["one"]
    assert callable(one)
    assert numbers(folder, lambda: [one(0), one(1), one(2)]) == [2, 3]
    assert made["traced"] == [True, False, False]
