"""A diff says the same to git, to the import and to whoever reads it."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.errors import UsageError
from harness.mutants.generated.patch import diff_of, lines_of, patched

TEXTS = st.lists(st.sampled_from(["a\n", "b\n", "c\r\n", "\n", "é\f\n", "-x\n", "+y\n", "@@ -1 +1 @@\n"])).map("".join)


@given(TEXTS, TEXTS, st.sampled_from(["", "end"]), st.sampled_from(["", "end"]))
def test_the_patched_text_is_the_one_that_was_meant(before: str, after: str, end: str, other_end: str) -> None:
    before, after = before + end, after + other_end
    assert patched(diff_of("x.py", before, after), before) == after
    assert "".join(lines_of(before)) == before


@pytest.mark.parametrize(
    ("before", "after"),
    [("a\nb\n", "a\nc\n"), ("a\nb", "a\nc"), ("a\r\nb\r\n", "a\r\nc\r\n"), ("a\n" * 9 + "b", "a\n" * 9)],
)
def test_git_makes_the_same_of_it(tmp_path: Path, before: str, after: str) -> None:
    (tmp_path / "x.py").write_bytes(before.encode())
    git_apply(tmp_path, diff_of("x.py", before, after))
    assert (tmp_path / "x.py").read_bytes().decode() == after


def git_apply(folder: Path, diff: str) -> None:
    command = ["git", "apply", "--whitespace=nowarn", "-"]
    environment = {"GIT_CEILING_DIRECTORIES": str(folder.parent), "PATH": "/usr/local/bin:/usr/bin:/bin"}
    subprocess.run(command, cwd=folder, input=diff.encode(), check=True, env=environment, timeout=60)


def test_a_text_that_is_another_one_by_now_is_refused() -> None:
    with pytest.raises(UsageError, match="does not fit line 1"):
        patched(diff_of("x.py", "a\nb\n", "a\nc\n"), "b\nb\n")
