"""The root of all tests: loads Assay's own pytest plugin, lets nothing be skipped in CI, and times no property.

What fails is tried once more in CI (``--reruns 1`` in ``.ci/run``): on a busy machine one test in some thousands is
late. Both tracebacks are told, and more than ``MOST_TRIED_AGAIN`` of them are a failure.
"""

from __future__ import annotations

import os
from collections.abc import Generator
from typing import Final, TypeVar

import pytest
from hypothesis import settings

pytest_plugins = ["harness.plugin"]

# A busy machine takes long over any example; how fast something is, `assay bench` says.
settings.register_profile("untimed", settings.get_profile(settings.get_current_profile_name()), deadline=None)
settings.load_profile("untimed")

MOST_TRIED_AGAIN: Final = 3

Report = TypeVar("Report", pytest.TestReport, pytest.CollectReport)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Refuse a skipped test in CI."""
    return refuse_skip((yield))


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """Refuse a skipped module in CI."""
    return refuse_skip((yield))


def refuse_skip(report: Report) -> Report:
    """With ``CI=true`` a skip is a failure: a gate that leaves something out has not passed. xfail stays what it is."""
    if os.environ.get("CI") == "true" and report.skipped and not hasattr(report, "wasxfail"):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr
        report.outcome = "failed"
        report.longrepr = f"with CI=true nothing may be skipped: {reason}"
    return report


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Fail where more was tried again than one busy machine explains."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if reporter is None:
        return
    tried_again = len(reporter.stats.get("rerun", ()))
    if tried_again > MOST_TRIED_AGAIN:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
        reporter.write_line(
            f"{tried_again} tests were tried again; above {MOST_TRIED_AGAIN} that is a failure", red=True
        )
