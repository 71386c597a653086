"""Everything has its turn, and only one."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import click
import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.errors import UsageError
from harness.mutants import rotation
from harness.mutants.rotation import Turn, TurnType


@given(st.lists(st.text(min_size=1), unique=True), st.integers(1, 12))
def test_all_parts_together_are_all_and_each_once(names: list[str], parts: int) -> None:
    taken = [Turn(parts, number).taken(names) for number in range(1, parts + 1)]
    assert sorted(name for part in taken for name in part) == sorted(names)
    assert max(map(len, taken)) - min(map(len, taken)) <= 1


@given(st.integers(0, 16**12 - 1), st.integers(1, 15), st.integers(1, 4), st.integers(0, 40))
def test_who_has_less_time_tries_a_part_of_the_same(commit: int, parts: int, pace: int, count: int) -> None:
    names = [str(number) for number in range(count)]
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(rotation, "commit_of", lambda root: (f"{commit:012x}", False))
        whole, less = (Turn(each).of(Path()).taken(names) for each in (parts, parts * pace))
    assert set(less) <= set(whole)


def commit(folder: Path, message: str) -> None:
    who = {f"GIT_{role}_{what}": "nobody" for role in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
    # With fixed dates the same messages give the same commits, on every machine.
    when = {f"GIT_{role}_DATE": "2026-01-01T00:00:00Z" for role in ("AUTHOR", "COMMITTER")}
    command = ["git", "commit", "--quiet", "--allow-empty", "-m", message]
    subprocess.run(command, cwd=folder, check=True, env={**os.environ, **who, **when})


def test_the_commit_decides_and_always_says_the_same(tmp_path: Path) -> None:
    subprocess.run(["git", "init", "--quiet"], cwd=tmp_path, check=True)
    seen = set()
    for number in range(8):
        commit(tmp_path, f"commit {number}")
        assert Turn(3).of(tmp_path) == Turn(3).of(tmp_path)
        seen.add(Turn(3).of(tmp_path).number)
    assert len(seen) > 1


def test_without_a_commit_the_turn_must_be_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    with pytest.raises(UsageError, match="pass 1/4"):
        Turn(4).of(tmp_path)
    assert Turn(4, 2).of(tmp_path) == Turn(4, 2)


@pytest.mark.parametrize(("text", "turn"), [("4", Turn(4)), ("2/4", Turn(4, 2)), ("1/1", Turn(1, 1))])
def test_a_turn_is_read_as_it_is_typed(text: str, turn: Turn) -> None:
    assert TurnType().convert(text, None, None) == turn
    assert str(turn) == text


@pytest.mark.parametrize("text", ["0", "0/4", "5/4", "2/", "-1", "half", ""])
def test_what_is_no_turn_is_refused(text: str) -> None:
    with pytest.raises(click.BadParameter, match="is not a turn"):
        TurnType().convert(text, None, None)
