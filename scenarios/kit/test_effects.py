"""No two families have one kind of effect: the world could not tell whose it is."""

from __future__ import annotations

import pytest

from scenarios.kit.effects import Effects, all_effects, require_apart


def test_no_two_families_have_one_kind_of_effect() -> None:
    names = [name for effects in all_effects() for name in effects.names]
    assert len(names) == len(set(names))
    one, other = (Effects({("accounting", "book"): ("booking:invoice",)}, lambda *asked: None) for _ in range(2))
    with pytest.raises(ValueError, match=r"^one and other both have the kind of effect 'booking:invoice'; rename one$"):
        require_apart({"one": one, "other": other})
