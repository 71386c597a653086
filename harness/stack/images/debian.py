"""A folder with Debian packages unpacked: the root that stand-ins rest on, without an image to begin with.

``apt-get`` resolves and fetches them as for an empty machine, so that nothing which happens to be installed here is
left out; it needs no root for that. Their own scripts are not run: what is needed of them stands in the Dockerfile.
"""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path

from harness.errors import EnvironmentMissing
from harness.stack.images.kept import kept
from harness.stack.programs.binaries import cache_folder

TIMEOUT_SECONDS = 300.0
LISTS = Path("/var/lib/apt/lists")
# What only installing and removing packages needs, and what is there to be read.
LEFT_OUT = ("dpkg", "tar", "debconf", "perl-base", "openssl", "libmd0", "libselinux1", "libpcre2-8-0", "libacl1")
NOT_UNPACKED = ("usr/share/doc", "usr/share/man", "usr/share/locale", "usr/share/lintian", "usr/share/bug")


def unpacked(packages: Sequence[str]) -> Path:
    """A folder with these packages and all they depend on, as of the last `apt-get update`.

    :raises EnvironmentMissing: there is no apt, it does not know a package, or no mirror answers.
    """
    for tool in ("apt-get", "dpkg-deb"):
        if shutil.which(tool) is None:
            raise EnvironmentMissing(f"the stand-ins rest on Debian's packages, and there is no {tool} here")
    known = max((file.stat().st_mtime_ns for file in LISTS.glob("*")), default=0)
    key = hashlib.sha256(repr((packages, LEFT_OUT, NOT_UNPACKED, known)).encode()).hexdigest()[:16]
    return kept("roots", key, lambda folder: _unpack(packages, folder))


def _unpack(packages: Sequence[str], target: Path) -> None:
    for package in _fetched(packages):
        if package.name.split("_")[0] not in LEFT_OUT:
            _call(["dpkg-deb", "--extract", str(package), str(target)])
    for folder in NOT_UNPACKED:
        shutil.rmtree(target / folder, ignore_errors=True)


def _fetched(packages: Sequence[str]) -> list[Path]:
    folder = cache_folder() / "debian"
    (folder / "partial").mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        nothing_installed = Path(scratch) / "status"
        nothing_installed.touch()
        options = {
            "Dir::State::status": str(nothing_installed),
            "Dir::State::extended_states": str(Path(scratch) / "states"),
            "Dir::Cache": scratch,
            "APT::Sandbox::User": "",
            "Debug::NoLocking": "1",
        }
        words = ["apt-get", *(word for name, value in options.items() for word in ("-o", f"{name}={value}"))]
        words += ["--yes", "--quiet=2", "--no-install-recommends", "--download-only"]
        # What is fetched already is left out of this list, so it is asked for in a folder without any.
        chosen = _call([*words, "--print-uris", "install", *packages])
        _call([*words, "-o", f"Dir::Cache::archives={folder}", "install", *packages])
    # A line is 'URI' FILE SIZE HASH.
    return sorted(folder / line.split()[1] for line in chosen.splitlines() if line.startswith("'"))


def _call(words: Sequence[str]) -> str:
    try:
        answer = subprocess.run(
            words, capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=TIMEOUT_SECONDS
        )
    except subprocess.TimeoutExpired as error:
        raise EnvironmentMissing(f"`{words[0]}` took longer than {TIMEOUT_SECONDS:g} s") from error
    if answer.returncode != 0:
        end = "\n".join(answer.stderr.strip().splitlines()[-3:])
        raise EnvironmentMissing(f"cannot get Debian's packages, {words[0]} failed: {end}; `apt-get update` first?")
    return answer.stdout
