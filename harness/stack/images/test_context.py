"""A build context: the number that says whether it changed, and the archive that Docker gets."""

from __future__ import annotations

import io
import tarfile
from pathlib import Path

import pytest

from harness.stack.images.context import Context
from harness.stack.images.kept import kept


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "Dockerfile").write_text("FROM scratch\n")
    (tmp_path / "part").mkdir()
    (tmp_path / "part" / "program").write_text("one")
    (tmp_path / "part" / "test_program.py").write_text("a test")
    (tmp_path / "part" / "link").symlink_to("program")
    return tmp_path


def context(folder: Path) -> Context:
    return Context(folder / "Dockerfile", {"place": folder / "part"}, ("test_*.py",), {"MAJOR": "18"})


def test_the_same_is_the_same_wherever_it_lies(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    number = context(folder).fingerprint()
    moved = tmp_path_factory.mktemp("elsewhere") / "moved"
    folder.rename(moved)
    assert context(moved).fingerprint() == number


def test_what_changes_an_image_changes_its_number(folder: Path) -> None:
    numbers = [context(folder).fingerprint(), context(folder).fingerprint("another base")]
    (folder / "part" / "program").write_text("two")
    numbers.append(context(folder).fingerprint())
    (folder / "part" / "program").chmod(0o755)
    numbers.append(context(folder).fingerprint())
    (folder / "part" / "link").unlink()
    numbers.append(context(folder).fingerprint())
    (folder / "Dockerfile").write_text("FROM debian:12\n")
    numbers.append(context(folder).fingerprint())
    numbers.append(Context(folder / "Dockerfile", {"place": folder / "part"}, ("test_*.py",)).fingerprint())
    assert len(set(numbers)) == len(numbers)


def test_what_is_left_out_does_not_count(folder: Path) -> None:
    number = context(folder).fingerprint()
    (folder / "part" / "test_program.py").write_text("another test")
    assert context(folder).fingerprint() == number


def test_the_archive_has_nothing_of_this_machine(folder: Path) -> None:
    with tarfile.open(fileobj=io.BytesIO(context(folder).archive())) as tar:
        members = tar.getmembers()
    assert [member.name for member in members] == ["Dockerfile", "place", "place/link", "place/program"]
    assert {(member.uid, member.gid, member.uname, member.gname, member.mtime) for member in members} == {
        (0, 0, "", "", 0)
    }


def test_a_kept_folder_is_made_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ASSAY_CACHE", str(tmp_path))
    made = []

    def make(folder: Path) -> None:
        made.append(folder)
        (folder / "file").touch()

    first, second = kept("kind", "key", make), kept("kind", "key", make)
    assert first == second == tmp_path / "kind" / "key"
    assert (first / "file").is_file()
    assert len(made) == 1


def test_a_folder_that_was_not_finished_is_not_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ASSAY_CACHE", str(tmp_path))

    def fails(folder: Path) -> None:
        (folder / "half").touch()
        raise RuntimeError("interrupted")

    with pytest.raises(RuntimeError, match="interrupted"):
        kept("kind", "key", fails)
    assert not list((tmp_path / "kind").iterdir())
