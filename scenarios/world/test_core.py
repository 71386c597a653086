"""What the world decides by stands apart from what it is reached by: the same code serves sockets and memory."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

HERE = Path(__file__).parent
ROOT = HERE.parents[1]

OUTSIDE = {"asyncio", "threading", "time", "random", "socket", "os", "aiosmtpd", "httpx", "starlette", "uvicorn"}
"""Modules through which code reaches clocks, chance, files, threads, event loops and sockets."""

SKIN = {"__init__", "__main__", "board", "control", "host", "in_process", "keeper", "knobs", "serving", "smtp", "web"}
"""What serves the core: on sockets, with the host's clocks, with seeded draws."""

CORE = [file for file in HERE.glob("[a-z]*.py") if not file.stem.startswith("test_") and file.stem not in SKIN]
CORE += [file for file in (HERE / "providers").glob("[a-z]*.py") if file.stem not in ("webhooks",)]
CORE = sorted(file for file in CORE if not file.stem.startswith("test_"))


def imported(file: Path) -> set[str]:
    """The modules that a file imports, wherever in it."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Import):
            found |= {name.name for name in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
    return found


@pytest.mark.parametrize("file", CORE, ids=lambda file: str(file.relative_to(HERE)))
def test_the_core_reaches_nothing_outside(file: Path) -> None:
    names = imported(file)
    assert not {name for name in names if name.partition(".")[0] in OUTSIDE}
    skin = {f"scenarios.world.{name}" for name in SKIN - {"__init__", "keeper"}} | {
        "scenarios.world.providers.webhooks"
    }
    assert not names & skin


def test_the_core_is_what_it_is_thought_to_be() -> None:
    assert {file.stem for file in CORE} >= {"register", "intake", "recorder", "services", "mails", "deliverer"}
