"""What the tests of the generator share: a small application, and the changes of one kind to a few lines."""

from __future__ import annotations

from pathlib import Path

from harness.config import ProjectConfig
from harness.mutants.generated.candidates import Candidate, candidates
from harness.mutants.generated.source import Source

APP = '''\
"""Packs orders."""
import logging
from shop.prices import total

logger = logging.getLogger(__name__)
MOST = 3


async def pack(order, store):
    """Pack it."""
    logger.info("packing %s", order)
    if order.count > MOST and not order.urgent:
        raise ValueError(f"{order} is too much")
    try:
        await store.book(order, key=f"pack/{order.number}")
    except OSError:
        store.forget(order)
        raise
    await store.tell(order.owner)
    return total(order.count - 1, order.price)
'''
PRICES = """\
def total(count: int, price: int = 2) -> int:
    return count * price"""
"""Without a line feed at the end, as some have it."""


def project(folder: Path) -> ProjectConfig:
    """The application in a project of its own."""
    (folder / "shop").mkdir()
    for name, text in (("__init__.py", ""), ("app.py", APP), ("prices.py", PRICES), ("test_app.py", "assert 1 < 2\n")):
        (folder / "shop" / name).write_text(text)
    return ProjectConfig(root=folder, app="shop.app", scenarios="claims", mutants="claims/*/mutants")


def candidates_in(text: str, file: str = "shop/app.py") -> list[Candidate]:
    """All that could be changed in one file."""
    return candidates([Source(file, file.removesuffix(".py").replace("/", "."), text)])


def changes(kind: str, text: str) -> list[str]:
    """What the text becomes by each change of the kind."""
    return [each.source.changed(each.edits) for each in candidates_in(text) if each.kind == kind]
