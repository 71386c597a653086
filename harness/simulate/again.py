"""Replays a plan of the simulator in a test, against the application of the project that the plan lies in."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from harness.config import load_config
from harness.simulate.bench import open_bench, project_of
from harness.simulate.plan_file import read_plan


def broken_by(plan: Path) -> Mapping[str, str]:
    """Check → what it says, of those that say INVALID.

    :param plan: a file that `assay simulate` wrote.
    :raises UsageError: it is none, or the project cannot be simulated.
    """
    bench, file = open_bench(project_of(load_config(plan.parent))), read_plan(plan)
    got = bench.run(file.case(bench.families), file.choices())
    return {each.check: each.summary for each in got.broken}
