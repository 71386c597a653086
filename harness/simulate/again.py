"""The simulator in a test: a plan is replayed against the application of the project that it lies in."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from harness.config import load_config
from harness.simulate.bench import Bench, open_bench, project_of
from harness.simulate.plan_file import read_plan
from harness.verdict import Verdict


def bench_of(folder: Path) -> Bench:
    """The project that a folder, or a file, lies in.

    :raises UsageError: it lies in none, or the project cannot be simulated.
    """
    return open_bench(project_of(load_config(folder)))


def broken_by(plan: Path) -> Mapping[str, str]:
    """Check → what it says, of those that say INVALID.

    :param plan: a file that `assay simulate` wrote.
    :raises AssertionError: nothing was tried, or it could not be judged, so that the test may not pass.
    :raises UsageError: it is none, or the project cannot be simulated.
    """
    bench, file = bench_of(plan.parent), read_plan(plan)
    got = bench.run(file.case(bench.families), file.choices())
    if got.verdict is Verdict.UNKNOWN:
        doubts = "; ".join(f"{each.check}: {each.summary}" for each in got.doubts) or "no check had anything to judge"
        raise AssertionError(f"{plan} could not be judged: {doubts}")
    if got.verdict is Verdict.VALID and file.strikes_nothing(got.plan):
        raise AssertionError(
            f"{plan}: none of its faults came to pass, so nothing was tried: the code goes another way now; delete "
            "the plan and this test, and let `assay simulate` find others"
        )
    return {each.check: each.summary for each in got.broken}
