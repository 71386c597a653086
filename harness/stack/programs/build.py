"""Builds what no place has, into the cache, from the committed Go modules: the last step of the search for a program.

One build at a time on a machine; whoever waits finds the program there afterwards. Go writes below ``building/`` in
the cache, and what it made is moved into place only once it runs and prints the wanted version, so a build that was
interrupted leaves no program. What Go compiled until then is in Go's own cache, where the next attempt goes on.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterable
from pathlib import Path

from harness.errors import HarnessDefect
from harness.progress import Progress
from harness.stack.programs.binaries import cache_folder, cached, search_for, version_of
from harness.stack.programs.go_command import GoCommand
from harness.stack.programs.recipes import Program, Recipe, program_called
from harness.stack.programs.toolchain import find_go, wanted_go
from harness.stack.programs.turn import one_at_a_time

# From nothing, on two cores that do other things as well, the whole stack has taken a quarter of an hour.
WAIT_TIMEOUT_SECONDS = 3600.0


async def provide(names: Iterable[str], progress: Progress) -> dict[str, Path]:
    """Each program's place, after building those that are nowhere and can be built.

    Everything that is missing and cannot be built is named before the first build begins.

    :raises EnvironmentMissing: a program is missing and has no recipe, or its build failed; the message says why and
        what fixes it.
    """
    searches = [search_for(program_called(name)) for name in names]
    for search in searches:
        if search.path is None and search.program.recipe is None:
            raise search.missing()
    return {s.program.name: s.path or await build(s.program, progress) for s in searches}


async def build(program: Program, progress: Progress) -> Path:
    """Build one program into the cache, unless another process just did, and return its place there.

    :raises EnvironmentMissing: no Go, no module proxy, no room, or it does not build; the message names the log.
    """
    if program.recipe is None:
        raise HarnessDefect(f"{program.name} has no recipe; it comes as a wheel")
    target = cached(program)
    progress.phase(f"build {program.name} {program.version}", f"into {target.parent}")
    lock = cache_folder() / "build.lock"
    async with one_at_a_time(lock, timeout_seconds=WAIT_TIMEOUT_SECONDS, waiting=progress.update):
        if not target.is_file():
            await _build_alone(program, program.recipe, target, progress)
    return target


async def _build_alone(program: Program, recipe: Recipe, target: Path, progress: Progress) -> None:
    """Build while nobody else does, so that whatever lies below ``building/`` is left from an attempt that died."""
    place = cache_folder() / "building"
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir(parents=True)
    workshop = Path(tempfile.mkdtemp(dir=place))
    try:
        made = workshop / program.name
        await _compile(program, recipe, made, workshop, progress)
        version = version_of(made)
        if version != program.version:
            raise HarnessDefect(f"{program.name} was built as version {version}, not {program.version}: wrong recipe")
        target.parent.mkdir(parents=True, exist_ok=True)
        os.replace(made, target)
    finally:
        shutil.rmtree(place, ignore_errors=True)


async def _compile(program: Program, recipe: Recipe, made: Path, workshop: Path, progress: Progress) -> None:
    toolchain = find_go(wanted_go(recipe.folder))
    log = cache_folder() / "logs" / f"{program.name}-{program.version}.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    log.unlink(missing_ok=True)
    go = GoCommand(toolchain.path, recipe.folder, workshop, log, f"{program.name} {program.version}")
    selection = ["-tags", ",".join(recipe.tags), recipe.package]

    downloads = 0

    def downloading(line: str) -> None:
        nonlocal downloads
        downloads += line.startswith("go: downloading")
        progress.update(f"{downloads} modules fetched")

    packages = len(await go.run(["list", "-deps", *selection], downloading))
    compiled = 0

    def compiling(line: str) -> None:
        nonlocal compiled
        compiled += 1
        progress.update(f"{compiled} packages compiled, of {packages} at most")

    flags = ["-v", "-trimpath", "-ldflags", f"-s -w {recipe.link}".strip(), "-o", str(made)]
    await go.run(["build", *flags, *selection], compiling)
