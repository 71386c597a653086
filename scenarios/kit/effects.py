"""The kinds of effect that each family brings about, so that the world can tell them apart, hold them and cut them.

Each family offers them as ``EFFECTS`` of its module ``effects``; a family is added by adding its folder. Pure, and
nothing of the application: the world and the oracle rest on it.
"""

from __future__ import annotations

import functools
import importlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from scenarios.kit.folders import family_folders

KindOf = Callable[[str, str, Mapping[str, Any]], str | None]
"""(service, operation, content) -> the kind of effect; ``None`` for what is no effect of the family."""


@dataclass(frozen=True)
class Effects:
    """The effects of one family.

    :param kinds: (service, operation) -> the kinds that the family asks for there.
    """

    kinds: Mapping[tuple[str, str], tuple[str, ...]]
    kind_of: KindOf

    @property
    def names(self) -> tuple[str, ...]:
        """All kinds, in the order of the table."""
        return tuple(kind for kinds in self.kinds.values() for kind in kinds)


@functools.cache
def all_effects() -> tuple[Effects, ...]:
    """Those of all families.

    :raises ValueError: a family offers none, or two have a kind of one name.
    """
    found = {folder.name: _effects(folder) for folder in family_folders()}
    require_apart(found)
    return tuple(found.values())


def asked_of_the_world() -> frozenset[tuple[str, str]]:
    """(service, operation) of all that any family asks for."""
    return frozenset(kind for effects in all_effects() for kind in effects.kinds)


def _effects(folder: Path) -> Effects:
    if not (folder / "effects.py").is_file():
        place = f"scenarios/{folder.name}"
        raise ValueError(f"{place} has no effects.py; add it with EFFECTS, a scenarios.kit.effects.Effects")
    name = f"scenarios.{folder.name}.effects"
    effects = getattr(importlib.import_module(name), "EFFECTS", None)
    if not isinstance(effects, Effects):
        raise ValueError(f"{name} must have EFFECTS, a scenarios.kit.effects.Effects; it has {effects!r}")
    return effects


def require_apart(found: Mapping[str, Effects]) -> None:
    """:raises ValueError: two families have a kind of effect of one name."""
    first: dict[str, str] = {}
    for family, effects in found.items():
        for kind in effects.names:
            if (other := first.setdefault(kind, family)) != family:
                raise ValueError(f"{other} and {family} both have the kind of effect {kind!r}; rename one")
