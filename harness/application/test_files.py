"""A copy of a project has what can be read in it, and neither waits nor goes round for ever."""

from __future__ import annotations

import errno
import os
import shutil
import socket
from pathlib import Path

import pytest

from harness.application.files import content_of, copy_code
from harness.errors import EnvironmentMissing, UsageError


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    (tmp_path / "shop" / "parts" / "__pycache__").mkdir(parents=True)
    (tmp_path / "shop" / "app.py").write_text("ANSWER = 42\n")
    (tmp_path / "shop" / "parts" / "__pycache__" / "app.pyc").touch()
    return tmp_path / "shop"


def copied(shop: Path) -> set[str]:
    copy_code(shop, shop.parent / "copy" / "shop")
    return {file.relative_to(shop.parent / "copy").as_posix() for file in (shop.parent / "copy").rglob("*.*")}


def test_what_is_no_file_is_left_out(shop: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (shop / ".#app.py").symlink_to("somebody@somewhere.1")
    os.mkfifo(shop / "pipe.1")
    monkeypatch.chdir(shop)  # the name of a socket must be short
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind("socket.1")
        assert copied(shop) == {"shop/app.py"}


def test_a_circle_of_links_is_gone_round_once(shop: Path) -> None:
    (shop / "itself.1").symlink_to("itself.1")
    (shop / "here.1").symlink_to(".")
    (shop / "above.1").symlink_to("../..")
    (shop / "other").mkdir()
    (shop / "parts" / "other.1").symlink_to("../other")
    (shop / "other" / "parts.1").symlink_to("../parts")
    assert copied(shop) == {"shop/app.py", "shop/parts/other.1", "shop/other/parts.1"}


def test_what_a_link_leads_to_is_copied(shop: Path) -> None:
    (shop.parent / "shared").mkdir()
    (shop.parent / "shared" / "money.py").touch()
    (shop / "shared").symlink_to("../shared")
    (shop / "same.py").symlink_to("app.py")
    assert copied(shop) == {"shop/app.py", "shop/same.py", "shop/shared/money.py"}


@pytest.mark.parametrize(
    ("code", "kind"), [(errno.EACCES, UsageError), (errno.EIO, UsageError), (errno.ENOSPC, EnvironmentMissing)]
)
@pytest.mark.parametrize("name", ["shop", "shop/app.py"])
def test_a_file_that_cannot_be_copied_is_named(
    shop: Path, name: str, code: int, kind: type[Exception], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(source: object, target: object) -> None:
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(shutil, "copy2", refuse)
    with pytest.raises(kind, match=rf"/app.py cannot be copied: {os.strerror(code)}"):
        copy_code(shop.parent / name, shop.parent / "copy" / name)


@pytest.mark.parametrize(
    ("closed", "told"),
    [("parts", r"shop/parts: .*Permission denied"), ("shop", r"/shop cannot be copied: Permission denied")],
)
def test_a_folder_that_cannot_be_read_is_named(
    shop: Path, closed: str, told: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = os.scandir

    def refuse(path: Path) -> object:
        if Path(path).name == closed:
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(path))
        return whole(path)

    monkeypatch.setattr(os, "scandir", refuse)
    with pytest.raises(UsageError, match=told):
        copy_code(shop, shop.parent / "copy")


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for name, told in (("pipe", "a pipe or the like, and no file; make one"), ("gone", "No such file .*; make one")):
        with pytest.raises(UsageError, match=rf"/{name}: cannot be read: .*{told}"):
            content_of(tmp_path / name, "make one")
