"""What a file says becomes a value, or the place that is wrong is named."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.errors import UsageError
from harness.typed import fits, made

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)


@dataclass(frozen=True)
class Part:
    name: str


@dataclass(frozen=True)
class Whole:
    """One field of each kind that records have."""

    name: str
    number: int
    seconds: float
    maybe: str | None = None
    words: tuple[str, ...] = ()
    parts: tuple[Part, ...] = ()
    counts: Mapping[str, int] = field(default_factory=dict)
    anything: Any = None


GOOD = {"name": "a", "number": 1, "seconds": 1, "words": ["b"], "parts": [{"name": "c"}], "counts": {"d": 2}}


def test_what_fits_becomes_a_value() -> None:
    assert made(Whole, GOOD, "here").seconds == 1


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("name", 1),
        ("number", True),
        ("number", 1.5),
        ("seconds", float("inf")),
        ("seconds", 10**400),
        ("maybe", 1),
        ("words", "b"),
        ("words", [1]),
        ("parts", ["c"]),
        ("counts", {"d": "2"}),
    ],
)
def test_what_does_not_fit_is_refused_with_its_place(name: str, value: Any) -> None:
    with pytest.raises(UsageError, match=f"^run.json: {name} is "):
        made(Whole, {**GOOD, name: value}, "run.json")


@pytest.mark.parametrize(("fields", "words"), [({"name": "a"}, "missing"), ({**GOOD, "more": 1}, "unexpected")])
def test_a_field_too_few_or_too_many_is_refused(fields: Mapping[str, Any], words: str) -> None:
    with pytest.raises(UsageError, match=f"^here: not a Whole: .*{words}"):
        made(Whole, fields, "here")


@given(JSON)
def test_whatever_stands_in_a_field_it_is_taken_or_refused(value: Any) -> None:
    for hint in (str, int, float, str | None, tuple[str, ...], Mapping[str, int], Part, Any):
        assert fits(value, hint) in (True, False)
