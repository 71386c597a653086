"""Finds the families: every package here that has a module ``family``, in alphabetical order.

What one of them has, no other may have: a task queue, a workflow type, an activity or a search attribute of one name
would quietly be the other's. Routes and tables are compared where they are put together (``workflows.api``,
``workflows.books``), because they are expensive to import.
"""

from __future__ import annotations

import functools
import importlib
import itertools
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from workflows.kit.family import Family
from workflows.kit.status import BUSINESS_STATUS

SHARED = "kit"
"""What all families share is none."""

SIGNS = ("workflow.py", "activities.py", "routes.py", "model.py")
"""What only a family has."""


@functools.cache
def families() -> tuple[Family, ...]:
    """All families of the application.

    :raises ValueError: one is not whole, or two have something of one name; the message says which and what.
    """
    found = tuple(_family(name) for name in family_names(Path(__file__).parent))
    require_apart(found)
    return found


def family_names(application: Path) -> list[str]:
    """The folders with a ``family.py``, in alphabetical order.

    :raises ValueError: one has what only a family has, and no ``family.py``.
    """
    names = []
    for folder in sorted(each for each in application.iterdir() if each.is_dir() and each.name != SHARED):
        if (folder / "family.py").is_file():
            names.append(folder.name)
        elif sign := next((sign for sign in SIGNS if (folder / sign).is_file()), None):
            place = f"{application.name}/{folder.name}"
            told = f"{place} looks like a family, for it has {sign}; add {place}/family.py with FAMILY"
            raise ValueError(f"{told}, a workflows.kit.family.Family (docs/family.md)")
    return names


def _family(folder: str) -> Family:
    name = f"workflows.{folder}.family"
    family = getattr(importlib.import_module(name), "FAMILY", None)
    if not isinstance(family, Family):
        raise ValueError(f"{name} must have a FAMILY, a workflows.kit.family.Family; it has {family!r}")
    if family.name != folder:
        raise ValueError(f"{name}: FAMILY is called {family.name!r}; call it {folder!r}, as its folder")
    return family


def require_apart(families: Sequence[Family]) -> None:
    """:raises ValueError: two families have something of one name."""
    first: dict[tuple[str, str], str] = {("search attribute", BUSINESS_STATUS.name): "all families"}
    for family in families:
        for what, name in set(_names(family)):
            if other := first.get((what, name)):
                raise ValueError(f"{other} and {family.name} both have the {what} {name!r}; rename one")
            first[what, name] = family.name
    _require_ids_apart(families)


def _require_ids_apart(families: Sequence[Family]) -> None:
    begins = {family.name: family.workflow_ids_begin for family in families}
    if nameless := [name for name, begin in begins.items() if not begin]:
        raise ValueError(f"{nameless[0]}: workflow_ids_begin is empty, and every id would be its own; give it one")
    for (one, begin), (other, longer) in itertools.permutations(begins.items(), 2):
        if longer.startswith(begin):
            raise ValueError(
                f"{other}: workflow ids begin with {longer!r}, as those of {one} with {begin!r}; rename one"
            )


def _names(family: Family) -> Iterator[tuple[str, str]]:
    """What stands for something of the family wherever it is met."""
    yield from _each("task queue", family.queues)
    yield from _each("search attribute", family.search_attributes)
    for queue in family.queues.values():
        yield from _each("workflow type", (_type_of(workflow, family) for workflow in queue.workflows))
        yield from _each("activity", queue.activities)


def _each(what: str, names: Iterable[str]) -> Iterator[tuple[str, str]]:
    return ((what, name) for name in names)


def _type_of(workflow: type, family: Family) -> str:
    definition = getattr(workflow, "__temporal_workflow_definition", None)
    if definition is None:
        raise ValueError(f"{family.name}: {workflow.__name__} is no workflow; it lacks @workflow.defn")
    return str(definition.name)
