"""The application's image: ``compose/Dockerfile`` on a base, with wheels fetched beforehand.

A build has no package index where no registry is reachable, so pip fetches the wheels here, by the hashes of the lock,
for the base's Python and not for the one that runs this.
"""

from __future__ import annotations

import hashlib
import subprocess
import sys
from pathlib import Path

from harness.errors import EnvironmentMissing
from harness.stack.images.context import Context
from harness.stack.images.kept import kept
from harness.stack.images.table import IMAGES
from harness.stack.programs.recipes import CHECKOUT

FETCH_TIMEOUT_SECONDS = 600.0
DOCKERFILE = "compose/Dockerfile"
LOCK = "compose/requirements.lock"
SOURCES = ("pyproject.toml", "assay.py", "temporal-config", "harness", "chaos", "scenarios", "workflows")
LEFT_OUT = ("__pycache__", "test_*.py", "testing_*.py")
PYTHON = "3.11"
PLATFORMS = ("manylinux_2_34_x86_64", "manylinux_2_28_x86_64", "manylinux_2_17_x86_64", "manylinux2014_x86_64")


def app_context(checkout: Path = CHECKOUT) -> Context:
    """The context of the application's image, from the sources in this checkout.

    :raises EnvironmentMissing: there is no checkout here, or the wheels cannot be fetched.
    """
    if not (checkout / DOCKERFILE).is_file():
        raise EnvironmentMissing(f"{checkout} has no {DOCKERFILE}: images are built in a checkout of Assay")
    parts = {name: checkout / name for name in (*SOURCES, LOCK)}
    parts["compose/wheels"] = wheels(checkout / LOCK)
    arguments = {"BASE": IMAGES["python"].stand_in, "PIP_NO_INDEX": "1"}
    return Context(checkout / DOCKERFILE, parts, LEFT_OUT, arguments)


def wheels(lock: Path) -> Path:
    """The folder with the wheels of this lock, fetched if it is not in the cache yet.

    :raises EnvironmentMissing: no package index answers, or it has no wheel for the base's Python.
    """
    return kept("wheels", hashlib.sha256(lock.read_bytes()).hexdigest()[:16], lambda folder: _fetch(lock, folder))


def _fetch(lock: Path, target: Path) -> None:
    words = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--require-hashes"]
    words += ["--no-deps", "--only-binary=:all:", "--implementation=cp", f"--python-version={PYTHON}"]
    words += [f"--platform={platform}" for platform in PLATFORMS]
    words += [f"--dest={target}", f"--requirement={lock}"]
    try:
        answer = subprocess.run(
            words, capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=FETCH_TIMEOUT_SECONDS
        )
    except subprocess.TimeoutExpired as error:
        raise EnvironmentMissing(f"pip did not fetch {lock.name} within {FETCH_TIMEOUT_SECONDS:g} s") from error
    if answer.returncode != 0:
        end = "\n".join(answer.stderr.strip().splitlines()[-3:])
        raise EnvironmentMissing(f"cannot fetch the wheels of {lock}: {end}")
