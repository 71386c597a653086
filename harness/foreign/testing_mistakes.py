"""A mistake of a user: what is changed in the shop of `testing_shop`, what is typed, and what has to be said of it."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import NoReturn

import pytest

from harness.cli import main
from harness.foreign.testing_shop import Shop

RUN = "run orders --seed 1"
DOCTOR = "doctor --project"
THEIRS = re.compile(r"(shop_\w+|claims)(\.|$)")
HERE = "# here"
"""Marks in what is planted the line that has to be told."""


@dataclass(frozen=True)
class Mistake:
    """``old`` becomes ``new`` in a file of the shop: all of it where ``old`` is empty; ``new`` of ``None`` removes it.

    :param told: a pattern for all that is said; HERE in it is the file and the line that bears the mark.
    :param also: what is in further files.
    """

    file: str
    old: str
    new: str | None
    told: str
    typed: str = RUN
    also: Mapping[str, str] = field(default_factory=dict)

    def plant(self, folder: Path) -> str:
        """Write the shop with the mistake in it; the pattern comes back, with the place."""
        file = Shop(files=dict(self.also)).write(folder) / self.file
        text = file.read_text() if file.is_file() else ""
        assert self.old in text, "the shop has changed: nothing is planted"
        if self.new is None:
            file.unlink()
            return self.told
        text = text.replace(self.old, self.new, 1) if self.old else self.new
        file.parent.mkdir(exist_ok=True)
        file.write_text(text)
        marked = [number for number, line in enumerate(text.splitlines(), start=1) if HERE in line]
        return self.told.replace("HERE", f"{re.escape(self.file)}:{marked[0]}" if marked else "no line is marked")


def in_app(old: str, new: str | None, told: str) -> Mistake:
    """A mistake in the module of the application."""
    return Mistake("shop_app.py", old, new, told)


def in_claim(old: str, new: str | None, told: str) -> Mistake:
    """A mistake in the claim."""
    return Mistake("claims/test_orders.py", old, new, told)


def in_project(old: str, new: str | None, told: str) -> Mistake:
    """A mistake in pyproject.toml."""
    return Mistake("pyproject.toml", old, new, told)


def in_world(text: str, told: str) -> Mistake:
    """The module of the world is this."""
    return Mistake("pyproject.toml", "app =", 'world = "shop_world"\napp =', told, also={"shop_world.py": text})


def in_command(typed: str, told: str) -> Mistake:
    """A mistake in what is typed."""
    return Mistake("README.md", "", "", told, typed)


def said_by(typed: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> int:
    """Type it in the folder, in this process: its exit code. Nothing can be started meanwhile."""

    def started(*_args: object, **_kwargs: object) -> NoReturn:
        raise AssertionError("something was started")

    with monkeypatch.context() as patched, _as_it_was():
        for name in ("harness.cli.run.Watchdog", "harness.cli.run.run_experiment", "asyncio.create_subprocess_exec"):
            patched.setattr(name, started)
        patched.chdir(folder)
        with pytest.raises(SystemExit) as ended:
            main.main(typed.split())
    return int(ended.value.code or 0)


@contextlib.contextmanager
def _as_it_was() -> Iterator[None]:
    """What a command changes in its process is changed back, and the modules of the shop are forgotten."""
    path, environment, heard = list(sys.path), dict(os.environ), signal.getsignal(signal.SIGTERM)
    hidden = {name: sys.modules.pop(name) for name in list(sys.modules) if THEIRS.match(name)}
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, heard)
        sys.path[:] = path
        for name in os.environ.keys() - environment.keys():
            del os.environ[name]
        os.environ.update(environment)
        for name in [name for name in sys.modules if THEIRS.match(name)]:
            del sys.modules[name]
        sys.modules.update(hidden)


def require_told(
    mistake: Mistake, folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Plant it, type what is typed, and see that one line says of it what it must, and that nothing was begun."""
    told = mistake.plant(folder)
    code = said_by(mistake.typed, folder, monkeypatch)
    said = "".join(capsys.readouterr())

    assert code == 2, said
    assert "Traceback" not in said
    last = said.splitlines()[-1]
    assert last.startswith(("assay: ", "Error: ")), said
    assert re.search(told, last), f"{told}\n{said}"
    assert not (folder / "runs").exists()


def require_found(
    mistake: Mistake, folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Plant it, ask `assay doctor --project`, and see that it says of it what it must, and goes on to the end."""
    told = mistake.plant(folder)
    code = said_by(DOCTOR, folder, monkeypatch)
    said = "".join(capsys.readouterr())

    assert code == 2, said
    assert re.search(told, said), f"{told}\n{said}"
    assert re.search(r"^  \w+ +broken versions: ", said, re.MULTILINE), said
    assert re.search(r"^\d+ parts? (is|are) wrong\.$", said.splitlines()[-1]), said
