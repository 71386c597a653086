"""What this machine has of a stack, and what else a run or a build needs from it; ``assay doctor`` shows it.

Nothing here changes anything. A finding is ``MISSING`` only when the stack cannot come up without it; everything that
is merely good to know, such as a port that somebody holds, is a ``NOTE`` and leaves the exit code alone.
"""

from __future__ import annotations

import enum
import platform
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

from harness.errors import EnvironmentMissing
from harness.stack.processes.ports import holder_of, require_free
from harness.stack.programs.binaries import cache_folder, search_for, version_of
from harness.stack.programs.browser import find_chromium
from harness.stack.programs.recipes import MODULES, Program, programs_of
from harness.stack.programs.toolchain import MEND as GO_MEND
from harness.stack.programs.toolchain import find_go, wanted_go

OLDEST_PYTHON = (3, 11)
# The numbers that the guide gives; `assay up` uses them, runs and tests take free ones.
GUIDE_PORTS = {7233: "Temporal", 5433: "PostgreSQL", 8088: "Temporal's UI"}
# Go's module and build caches and the programs themselves, after building everything from nothing.
BUILD_ROOM_GIB = 6.0


class State(enum.Enum):
    """How a finding is to be taken."""

    OK = "ok"
    MISSING = "missing"
    NOTE = "note"


@dataclass(frozen=True)
class Finding:
    """One line of the diagnosis. ``version`` and ``place`` are what was found, ``mend`` the command that helps."""

    subject: str
    state: State
    version: str = ""
    place: str = ""
    mend: str = ""


@dataclass(frozen=True)
class Diagnosis:
    """All findings for one stack: its programs, and what is around them."""

    stack: str
    programs: tuple[Finding, ...]
    surroundings: tuple[Finding, ...]

    @property
    def complete(self) -> bool:
        """Whether the stack can come up here."""
        return all(finding.state is not State.MISSING for finding in self.programs + self.surroundings)


def diagnose(stack: str) -> Diagnosis:
    """Look for everything that the stack called ``stack`` needs."""
    return Diagnosis(
        stack,
        tuple(_program(program) for program in programs_of(stack)),
        (_python(), _git(), _go(), _room(), _chromium(), *(_port(*item) for item in GUIDE_PORTS.items())),
    )


def missing_recipes(stack: str) -> list[str]:
    """The names of the programs that this stack lacks and that can be built."""
    lacking = []
    for program in programs_of(stack):
        if program.recipe is not None and search_for(program).path is None:
            lacking.append(program.name)
    return lacking


def _program(program: Program) -> Finding:
    try:
        search = search_for(program)
    except EnvironmentMissing as error:
        mend = f"unset {program.variable}, or set it to the right path"
        return Finding(program.name, State.MISSING, program.version, str(error), mend)
    passed_over = "; ".join(f"passed over: {copy}" for copy in search.passed_over)
    if search.path is None:
        return Finding(program.name, State.MISSING, program.version, passed_over or "nowhere", program.mend)
    place = f"{search.source}: {search.path}" + (f" ({passed_over})" if passed_over else "")
    return Finding(program.name, State.OK, version_of(search.path) or "version unknown", place)


def _python() -> Finding:
    good = sys.version_info >= OLDEST_PYTHON
    state = State.OK if good else State.MISSING
    return Finding("python", state, platform.python_version(), sys.executable, "" if good else "apt install python3.11")


def _git() -> Finding:
    found = shutil.which("git")
    if found is None:
        return Finding("git", State.NOTE, place="none; `assay mutants` needs it", mend="apt install git")
    return Finding("git", State.OK, version_of(Path(found)) or "", found)


def _go() -> Finding:
    try:
        go = find_go(max((wanted_go(module) for module in MODULES.iterdir()), key=_numbers))
    except EnvironmentMissing as error:
        return Finding("go", State.NOTE, place=str(error).split("; `")[0], mend=GO_MEND)
    return Finding("go", State.OK, go.version, str(go.path))


def _numbers(version: str) -> list[int]:
    return [int(number) for number in version.split(".")]


def _room() -> Finding:
    folder = cache_folder()
    existing = next(parent for parent in (folder, *folder.parents) if parent.is_dir())
    free_gib = shutil.disk_usage(existing).free / 2**30
    if free_gib < BUILD_ROOM_GIB:
        note = f"{folder}: {free_gib:.1f} GiB free, a build from nothing takes up to {BUILD_ROOM_GIB:g}"
        return Finding("cache", State.NOTE, place=note, mend="set ASSAY_CACHE, GOCACHE and GOMODCACHE to a larger disk")
    return Finding("cache", State.OK, place=f"{folder} ({free_gib:.0f} GiB free)")


def _chromium() -> Finding:
    found = find_chromium()
    if found is None:
        return Finding("chromium", State.NOTE, place="none; the browser tests need it", mend="apt install chromium")
    return Finding("chromium", State.OK, version_of(found) or "", str(found))


def _port(port: int, purpose: str) -> Finding:
    try:
        require_free(port, purpose)
    except EnvironmentMissing:
        mend = "end it before `assay up`, or `assay down` if it is ours"
        return Finding(f"port {port}", State.NOTE, place=f"{purpose}: held by {holder_of(port)}", mend=mend)
    return Finding(f"port {port}", State.OK, place=f"{purpose}: free")
