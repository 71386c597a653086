"""What a module offers that ``[tool.assay]`` names for something other than the application: its world, its commands.

Data flow: a key of the table → its module → **what that offers, once it has shown that it has all its parts**.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import click

from harness.application.imported import import_named, theirs
from harness.errors import UsageError
from harness.words import shown, text_of


def offered_by(module: str, key: str, word: str, parts: Sequence[str] = ()) -> Any:
    """What the module offers as ``word``.

    :param key: the key of ``[tool.assay]`` that names the module, for the error.
    :param parts: the attributes that it must have.
    :raises UsageError: the module cannot be imported or offers none, or a part is missing.
    """
    named_by = f"[tool.assay] {key} = {module!r}"
    found = import_named(module, named_by)
    with theirs(named_by):
        try:
            offered = getattr(found, word)
        except AttributeError as error:
            raise UsageError(f"{named_by}: {text_of(error)}; offer one in it, or name another module") from error
        lacking = [part for part in parts if not hasattr(offered, part)]
    if lacking:
        told = f"its `{word}` is {shown(offered)}, which lacks {', '.join(lacking)}"
        raise UsageError(f"{named_by}: {told}; offer one that has them, or name another module")
    return offered


def load_commands(module: str, key: str) -> Mapping[str, click.Command]:
    """The commands that a module offers, by name.

    :raises UsageError: it cannot be imported, or offers none.
    """
    offered = offered_by(module, key, "commands")
    with theirs(f"[tool.assay] {key} = {module!r}: its `commands`"):
        if not isinstance(offered, Mapping) or not all(isinstance(each, click.Command) for each in offered.values()):
            raise TypeError(f"must be a mapping of names to click.Command, not {shown(offered)}")
    return offered
