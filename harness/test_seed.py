"""One integer, many streams that do not disturb each other."""

from hypothesis import given
from hypothesis import strategies as st

from harness.seed import Seed


@given(st.integers(min_value=0))
def test_the_same_seed_and_name_draw_the_same(value: int) -> None:
    assert Seed(value).stream("faults").random() == Seed(value).stream("faults").random()


@given(st.integers(min_value=0))
def test_names_and_seeds_draw_apart(value: int) -> None:
    assert Seed(value).stream("faults").random() != Seed(value).stream("data").random()
    assert Seed(value).stream("faults").random() != Seed(value + 1).stream("faults").random()
