"""``python -m scenarios.invoices.records.record`` (`make records`): record the two runs that are kept here again.

After a change of what a record holds, or of what the checks ask of one. It takes a minute, and fails when one of the
runs is not VALID.
"""

from __future__ import annotations

import dataclasses
import os
import shutil
import sys
import tarfile
import tempfile
from collections.abc import Mapping
from pathlib import Path

from harness.cli.run import try_claim
from harness.config import load_config
from harness.experiment.prepare import RunOptions
from harness.record.integrity.seal import FILES, FOLDERS, SEAL
from harness.verdict import Verdict
from scenarios.invoices.records.ten import CLAIM

KEPT: Mapping[str, int] = {"ten-invoices": 4711, "another-run": 4712}
"""The archives, and the seed of each run. The other run is there to lend its files."""


def archive(name: str) -> Path:
    """Where a record is kept."""
    return Path(__file__).parent / f"{name}.tar.xz"


def unpacked(name: str, folder: Path) -> Path:
    """Lay a record out below ``folder``, and return its directory."""
    with tarfile.open(archive(name)) as packed:
        packed.extractall(folder / name, filter="data")
    return folder / name


def _pack(run: Path, target: Path) -> None:
    """Only what is sealed, and the seal; the same content always makes the same bytes."""

    def plain(member: tarfile.TarInfo) -> tarfile.TarInfo:
        return member.replace(mtime=0, uid=0, gid=0, uname="", gname="", deep=False)

    with tarfile.open(target, "w:xz", preset=9) as packed:
        for name in sorted({*FILES, *FOLDERS, SEAL}):
            if (run / name).exists():
                packed.add(run / name, name, filter=plain)


def main() -> int:
    """Record both runs into this folder."""
    config = load_config(Path.cwd())
    for name, seed in KEPT.items():
        with tempfile.TemporaryDirectory(prefix="assay-records-") as scratch:
            verdict = try_claim(dataclasses.replace(config, runs=scratch), CLAIM, RunOptions(seed, "dev")).verdict
            run = (Path(scratch) / "latest").resolve()
            if verdict is not Verdict.VALID:
                kept = shutil.copytree(run, config.runs_folder / f"not-kept-{name}-{os.getpid()}")
                print(f"{name} is {verdict.value} and not kept; its report: {kept / 'report.html'}")
                return verdict.exit_code
            _pack(run, archive(name))
        print(f"{archive(name).name}: {archive(name).stat().st_size:,} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main())
