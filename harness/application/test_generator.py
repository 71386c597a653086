"""The engine writes what a generator makes, and removes no file but its own."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.application.generator import MANIFEST, load_generator, write_files
from harness.config import ProjectConfig
from harness.errors import UsageError


def contents(folder: Path) -> dict[str, bytes]:
    files = {file.relative_to(folder).as_posix(): file for file in folder.rglob("*") if file.is_file()}
    return {name: file.read_bytes() for name, file in files.items() if name != MANIFEST}


def test_files_go_into_a_new_or_an_empty_folder(tmp_path: Path) -> None:
    files = {"a.csv": b"1", "deep/b.xml": b"2"}
    (tmp_path / "empty").mkdir()
    for folder in (tmp_path / "new" / "folder", tmp_path / "empty"):
        write_files(folder, files, force=False)
        assert contents(folder) == files


def test_a_folder_with_anything_in_it_is_not_written_to(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(UsageError, match="--force"):
        write_files(tmp_path, {"a.csv": b"1"}, force=False)
    assert contents(tmp_path) == {"mine.txt": b"mine"}


def test_force_replaces_what_was_generated_and_leaves_the_rest(tmp_path: Path) -> None:
    write_files(tmp_path, {"a.csv": b"1", "ubl/1.xml": b"1", "ubl/2.xml": b"2"}, force=False)
    (tmp_path / "mine.txt").write_text("mine")
    (tmp_path / "ubl" / "mine.xml").write_text("mine")
    write_files(tmp_path, {"a.csv": b"new", "ubl/1.xml": b"new"}, force=True)
    generated = {"a.csv": b"new", "ubl/1.xml": b"new"}
    assert contents(tmp_path) == {**generated, "mine.txt": b"mine", "ubl/mine.xml": b"mine"}


def test_an_edited_list_reaches_nothing_outside_the_folder(tmp_path: Path) -> None:
    folder, outside = tmp_path / "folder", tmp_path / "outside.txt"
    outside.write_text("mine")
    write_files(folder, {"a.csv": b"1"}, force=False)
    (folder / MANIFEST).write_text(f"../outside.txt\n{outside}\n\na.csv\n")
    write_files(folder, {"b.csv": b"1"}, force=True)
    assert outside.read_text() == "mine"
    assert contents(folder) == {"b.csv": b"1"}


def test_force_in_a_folder_of_somebody_else_adds_files_only(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    write_files(tmp_path, {"a.csv": b"1"}, force=True)
    assert contents(tmp_path) == {"a.csv": b"1", "mine.txt": b"mine"}


def test_a_file_where_the_folder_should_be(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(UsageError, match="cannot write"):
        write_files(tmp_path / "file", {"a.csv": b"1"}, force=False)


@pytest.mark.parametrize(
    ("name", "says"), [(None, "no generator"), ("no.such.module", "no.such.module"), ("harness.poll", "'harness.poll'")]
)
def test_a_generator_that_is_none(tmp_path: Path, name: str | None, says: str) -> None:
    with pytest.raises(UsageError, match=says):
        load_generator(ProjectConfig(tmp_path, "shop.app", "claims", generator=name))
