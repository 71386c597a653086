"""What is drawn: by the seed, spread, none twice, and only where somebody could notice."""

from __future__ import annotations

import ast
from collections import Counter

from hypothesis import given, settings
from hypothesis import strategies as st

from harness.mutants.generated.draw import draw
from harness.mutants.generated.patch import patched
from harness.mutants.generated.testing_changes import APP, candidates_in
from harness.seed import Seed

CANDIDATES = candidates_in(APP)
LINES = st.frozensets(st.tuples(st.just("shop/app.py"), st.integers(1, APP.count("\n"))))


@given(st.integers(0, 1000), st.integers(0, 60), st.none() | LINES)
@settings(max_examples=40)
def test_each_is_another_program_and_the_seed_decides(
    value: int, count: int, reached: frozenset[tuple[str, int]] | None
) -> None:
    drawn = draw(CANDIDATES, count, Seed(value), reached)
    assert drawn == draw(CANDIDATES[::-1], count, Seed(value), reached)
    assert len(drawn) <= count
    programs = [ast.dump(ast.parse(patched(each.diff, APP))) for each in drawn]
    assert len({*programs, ast.dump(ast.parse(APP))}) == len(drawn) + 1


def test_another_seed_draws_others() -> None:
    assert draw(CANDIDATES, 10, Seed(1)) != draw(CANDIDATES, 10, Seed(2))


def test_a_smaller_draw_is_the_beginning_of_a_larger_one() -> None:
    assert draw(CANDIDATES, 30, Seed(1))[:10] == draw(CANDIDATES, 10, Seed(1))


def test_no_kind_and_no_file_has_them_all() -> None:
    long = candidates_in(APP * 20, "shop/long.py")
    drawn = draw([*CANDIDATES, *long], 40, Seed(1))
    assert max(Counter(each.kind for each in drawn).values()) <= 6
    assert Counter(each.file for each in drawn)["shop/app.py"] >= 5


def test_only_lines_that_are_reached_are_changed() -> None:
    line = next(number for number, text in enumerate(APP.splitlines(), 1) if "store.tell" in text)
    drawn = draw(CANDIDATES, 99, Seed(1), {("shop/app.py", line)})
    assert {each.kind for each in drawn} == {"dropped-await"}
    assert {each.line for each in drawn} == {line}
    assert draw(CANDIDATES, 99, Seed(1), {("shop/other.py", line)}) == []


def test_what_is_no_program_or_the_same_one_is_passed_over() -> None:
    # The parenthesis of the second key is not part of it, so what is left without the first does not parse.
    broken = candidates_in("d = {k: v, ('b'): w}\n")
    assert sum(each.kind == "dropped-key" for each in broken) == 2
    assert [each.diff.count("k: v") for each in draw(broken, 9, Seed(1)) if each.kind == "dropped-key"] == [2]
    same = candidates_in("d = f('a', \"a\")\n")
    assert "swapped-arguments" in {each.kind for each in same}
    assert {each.kind for each in draw(same, 9, Seed(1))} == {"constant"}
