"""A seed is the same execution wherever the code lies and whatever hash seed the process has."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from harness.simulate import testing_toy

RUN = """
from harness.simulate.bench import Project, open_bench
from harness.simulate.case import Case
bench = open_bench(Project("toy_shop", "toy_shop"))
got = bench.run(Case(bench.families[0], 7))
print(got.digest, sum("the bank is busy" in (each.error or "") for each in got.record.attempts))
"""
PAYS = "            await self.around.outside.to_the_end(self._pay(name))\n"
BUSY = '            if activity.info().attempt == 1:\n                raise RuntimeError("the bank is busy")\n'


def simulated_in(folder: Path, hash_seed: str, *, toy: str) -> str:
    """What a process of its own says of one seed: its digest, and how many attempts raised in the toy's own file."""
    folder.mkdir(parents=True)
    (folder / "toy_shop.py").write_text(toy)
    environment = {**os.environ, "PYTHONHASHSEED": hash_seed, "PYTHONPATH": os.pathsep.join([str(folder), *sys.path])}
    command = (sys.executable, "-c", RUN)
    return subprocess.run(command, env=environment, cwd=folder, capture_output=True, text=True, check=True).stdout


def test_two_copies_in_two_folders_are_the_same_execution(tmp_path: Path) -> None:
    toy = Path(testing_toy.__file__).read_text()
    assert PAYS in toy
    busy = toy.replace(PAYS, BUSY + PAYS)

    here = simulated_in(tmp_path / "here", "1", toy=busy)
    there = simulated_in(tmp_path / "another" / "folder", "2", toy=busy)

    assert here == there
    assert int(here.split()[1]) >= 1, "no attempt left a stack trace with the path of the toy's file"
