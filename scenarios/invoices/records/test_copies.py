"""A copy that was damaged holds again what the record holds, whatever was done to it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from scenarios.invoices.records.copies import made_whole


def contents(folder: Path) -> dict[str, bytes | None]:
    return {
        path.relative_to(folder).as_posix(): None if path.is_dir() or path.is_symlink() else path.read_bytes()
        for path in folder.rglob("*")
    }


def linked(copy: Path) -> None:
    (copy / "plan.json").rename(copy / "moved")
    (copy / "plan.json").symlink_to(copy / "moved")


def foldered(copy: Path) -> None:
    (copy / "plan.json").unlink()
    (copy / "plan.json").mkdir()
    (copy / "plan.json" / "inside").touch()


def unfoldered(copy: Path) -> None:
    (copy / "journal" / "world.jsonl").unlink()
    (copy / "journal").rmdir()
    (copy / "journal").write_bytes(b"no folder")


@pytest.mark.parametrize(
    "damage",
    [
        lambda copy: None,
        lambda copy: (copy / "plan.json").write_bytes(b"{-}"),
        lambda copy: (copy / "plan.json").write_bytes(b""),
        lambda copy: (copy / "journal" / "world.jsonl").unlink(),
        lambda copy: (copy / "journal" / "more").write_bytes(b"more"),
        linked,
        foldered,
        unfoldered,
    ],
    ids=["nothing", "another letter", "emptied", "deleted", "added", "linked", "foldered", "no folder"],
)
def test_whatever_was_done_to_it_is_put_right(tmp_path: Path, damage: Callable[[Path], object]) -> None:
    run = tmp_path / "run"
    (run / "journal").mkdir(parents=True)
    (run / "plan.json").write_bytes(b"{+}")
    (run / "journal" / "world.jsonl").write_bytes(b"a line\n")
    copy = made_whole(run, tmp_path / "copy")
    assert contents(copy) == contents(run)
    damage(copy)
    assert contents(made_whole(run, copy)) == contents(run)
    assert not any(path.is_symlink() for path in copy.rglob("*"))
