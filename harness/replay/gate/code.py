"""The code that the gate asks: the project as it is, another folder of it, or a revision of its repository."""

from __future__ import annotations

import contextlib
import io
import shutil
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator
from pathlib import Path

from harness.application.project import OURS
from harness.application.version import code_in
from harness.config import ProjectConfig
from harness.errors import EnvironmentMissing, UsageError

GIT_SECONDS = 120


@contextlib.contextmanager
def code_of(config: ProjectConfig, app: str, asked: str | None) -> Iterator[Path]:
    """The folder in which the children import the application.

    :param app: the module of the application.
    :param asked: a folder or a revision; by default the project as it is.
    :raises UsageError: it is neither, or the application is not in it.
    """
    if asked is None:
        yield config.root
        return
    if not asked.strip() or asked.startswith("-"):
        raise UsageError(f"--code {asked!r}: neither a folder nor a revision")
    folder = Path(asked)
    with contextlib.ExitStack() as stack:
        if not folder.is_dir():
            folder = stack.enter_context(_revision(config, asked))
        elif any((folder / name).exists() for name in OURS):
            # Its own engine would stand before the one that asks.
            folder = stack.enter_context(_without_ours(folder.resolve()))
        if code_in(folder, app) is None:
            raise UsageError(f"--code {asked}: {app} lies neither in it nor in its src")
        yield folder.resolve()


@contextlib.contextmanager
def _revision(config: ProjectConfig, revision: str) -> Iterator[Path]:
    try:
        # The tree that is named by "REVISION:./" is the one of the folder, wherever that is in the repository.
        done = subprocess.run(
            ["git", "archive", "--format=tar", f"{revision}:./"],
            cwd=config.root,
            capture_output=True,
            timeout=GIT_SECONDS,
        )
    except subprocess.TimeoutExpired as error:
        raise EnvironmentMissing(f"--code {revision}: git did not unpack it within {GIT_SECONDS} s") from error
    except OSError as error:
        raise EnvironmentMissing(f"--code {revision}: there is no such folder, and no git: {error.strerror}") from error
    if done.returncode != 0:
        told = done.stderr.decode(errors="replace").strip().splitlines()
        raise UsageError(f"--code {revision}: neither a folder nor a revision: {told[-1] if told else 'git failed'}")
    with tempfile.TemporaryDirectory(prefix="assay-code-") as scratch:
        with tarfile.open(fileobj=io.BytesIO(done.stdout)) as archive:
            archive.extractall(scratch, filter=_without_links_out)
        for name in OURS:
            shutil.rmtree(Path(scratch) / name, ignore_errors=True)
            (Path(scratch) / f"{name}.py").unlink(missing_ok=True)
        yield Path(scratch)


def _without_links_out(member: tarfile.TarInfo, folder: str) -> tarfile.TarInfo | None:
    """A repository may hold links to anywhere; those that lead out of the copy are left out of it."""
    try:
        return tarfile.data_filter(member, folder)
    except (tarfile.AbsoluteLinkError, tarfile.LinkOutsideDestinationError):
        return None


@contextlib.contextmanager
def _without_ours(folder: Path) -> Iterator[Path]:
    left_out = shutil.ignore_patterns(*OURS, *(f"{name}.py" for name in OURS), "__pycache__", ".*", "runs")
    with tempfile.TemporaryDirectory(prefix="assay-code-") as scratch:
        copy = Path(scratch) / "code"
        shutil.copytree(folder, copy, ignore=left_out, symlinks=True)
        yield copy
