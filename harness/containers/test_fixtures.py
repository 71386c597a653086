"""The fixtures in somebody else's suite: a small project of its own, with a pytest of its own."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NoReturn

import psutil
import pytest
from testcontainers.core.docker_client import DockerClient

from harness.containers.fixtures import _started
from harness.containers.owner import LABEL, owner_of
from harness.errors import WaitTimeout

ROOT = Path(__file__).parents[2]
PATIENCE_SECONDS = 120.0
COMMAND = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-p", "no:locust", "-rs", "--rootdir", "."]

ASKS = """
def test_asks(temporal_container): pass
def test_asks_again(toxiproxy_container): pass
"""
WITHOUT_TESTCONTAINERS = 'import sys\nsys.modules["testcontainers"] = None\n'


def environment(**more: str) -> dict[str, str]:
    ours = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    return {**ours, "PYTHONPATH": str(ROOT), "CI": "", **more}


def run(folder: Path, suite: str, *, tests: str = ".", timeout_seconds: float = PATIENCE_SECONDS, **more: str) -> str:
    """What pytest told of the suite, or of the tests that are there."""
    (folder / "test_suite.py").write_text(suite)
    command, surroundings = [*COMMAND, tests], environment(**more)
    ended = subprocess.run(
        command, cwd=folder, env=surroundings, capture_output=True, text=True, timeout=timeout_seconds
    )
    return ended.stdout + ended.stderr


@pytest.mark.parametrize(("ci", "outcome"), [("", "2 skipped"), ("true", "2 errors")])
def test_without_a_daemon_they_say_so(tmp_path: Path, ci: str, outcome: str) -> None:
    told = run(tmp_path, ASKS, DOCKER_HOST="tcp://127.0.0.1:1", CI=ci)
    assert outcome in told.splitlines()[-1]
    assert "no Docker daemon answers" in told
    assert ("nothing may be skipped" in told) == (ci == "true")


def test_without_testcontainers_they_say_what_to_install(tmp_path: Path) -> None:
    (tmp_path / "conftest.py").write_text(WITHOUT_TESTCONTAINERS)
    told = run(tmp_path, ASKS)
    assert "2 skipped" in told.splitlines()[-1]
    assert "pip install 'temporal-assay[containers]'" in told


def test_what_was_started_and_did_not_work_is_no_reason_to_skip() -> None:
    def describe(kind: object) -> NoReturn:
        raise WaitTimeout("Temporal's server did not serve")

    with pytest.raises(WaitTimeout), _started("missing", "ContainersMissing", describe):
        pass


WORKFLOW = """
from temporalio import workflow

@workflow.defn
class Greet:
    @workflow.run
    async def run(self, name: str) -> str:
        return f"Hello, {name}"
"""
SUITE = """
import asyncio, uuid
import pytest
from temporalio.client import Client
from temporalio.worker import Worker
from workflow import Greet

async def greet(address: str) -> str:
    client = await Client.connect(address)
    async with Worker(client, task_queue="greet", workflows=[Greet]):
        return await client.execute_workflow(Greet.run, "you", id=uuid.uuid4().hex, task_queue="greet")

def test_a_workflow(temporal_container) -> None:
    assert asyncio.run(greet(temporal_container.get_address())) == "Hello, you"
    assert temporal_container.get_ui_url().startswith("http://")

def test_a_cut(temporal_container, toxiproxy_container) -> None:
    proxy = toxiproxy_container.create_proxy("temporal", "temporal:7233")
    address = toxiproxy_container.get_proxy_address("temporal")
    assert asyncio.run(greet(address)) == "Hello, you"
    with proxy.down(), pytest.raises(RuntimeError):
        asyncio.run(greet(address))
    assert asyncio.run(greet(address)) == "Hello, you"
    assert toxiproxy_container.get_toxiproxy().get_proxy("temporal").enabled

def test_proxies_have_their_limits(toxiproxy_container) -> None:
    from assay import UsageError
    with pytest.raises(UsageError, match="there is no proxy 'moon'"):
        toxiproxy_container.get_proxy_address("moon")
    with pytest.raises(UsageError, match="all 8 proxies are in use"):
        for number in range(9):
            toxiproxy_container.create_proxy(f"number {number}", "temporal:7233")

def test_on_postgres(temporal_postgres_stack) -> None:
    assert asyncio.run(greet(temporal_postgres_stack.get_address())) == "Hello, you"
    import psycopg
    with psycopg.connect(temporal_postgres_stack.get_database_url()) as database:
        assert database.execute("SELECT count(*) FROM executions").fetchone()[0] > 0
"""
OWN = """
import asyncio
from harness.containers.temporal import TemporalContainer
from temporalio.client import Client

def test_own(container_network) -> None:
    described = TemporalContainer().with_namespace("billing").with_search_attributes({"Customer": "Keyword"})
    with described.with_dynamic_config("limit.maxIDLength", "255") as temporal:
        client = asyncio.run(Client.connect(temporal.get_address(), namespace="billing"))
        asyncio.run(client.count_workflows('Customer = "me"'))
"""
ADDRESS = """
import subprocess

def test_address(toxiproxy_container) -> None:
    assert toxiproxy_container.get_control_address().startswith("127.0.0.1:")
    ports = subprocess.check_output(["docker", "port", toxiproxy_container.get_container_id()], text=True)
    assert {line.split(" -> ")[1].rpartition(":")[0] for line in ports.splitlines()} == {"127.0.0.1"}
"""
HOLDS = """
import pathlib, time

def test_holds(temporal_container) -> None:
    pathlib.Path("held").touch()
    time.sleep(600)
"""


@contextlib.contextmanager
def holding(folder: Path) -> Iterator[psutil.Process]:
    """A pytest process whose test holds a container, from then on."""
    (folder / "test_suite.py").write_text(HOLDS)
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen([*COMMAND, "."], cwd=folder, env=environment(CI="true"), stdout=log, stderr=log)
    try:
        until(lambda: (folder / "held").exists() or process.poll() is not None, "the test to hold a container")
        assert process.poll() is None, (folder / "log").read_text()
        yield psutil.Process(process.pid)
    finally:
        process.kill()
        process.wait()
        (folder / "test_suite.py").unlink()


def things(owner: str | None = None) -> set[str]:
    """The ids of all containers and networks with an owner's label, or of this owner's."""
    client = DockerClient().client
    here: dict[str, Any] = {"filters": {"label": f"{LABEL}={owner}" if owner else LABEL}}
    found = {thing.id for thing in (*client.containers.list(all=True, **here), *client.networks.list(**here))}
    client.close()
    return found


def until(true: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not true():
        assert time.monotonic() < deadline, f"waited {PATIENCE_SECONDS:g} s for {what}"
        time.sleep(0.1)


@pytest.mark.docker
@pytest.mark.xdist_group("docker")
class TestWithDocker:
    """What needs a daemon and the images."""

    @pytest.mark.timeout(600)
    def test_a_suite_uses_them_and_leaves_nothing(self, tmp_path: Path) -> None:
        (tmp_path / "workflow.py").write_text(WORKFLOW)
        before = things()
        told = run(tmp_path, SUITE, timeout_seconds=580.0, CI="true")
        assert "4 passed" in told.splitlines()[-1], told
        assert things() <= before

    @pytest.mark.timeout(300)
    def test_the_example_in_the_documentation(self, tmp_path: Path) -> None:
        shutil.copytree(ROOT / "docs" / "examples" / "orders", tmp_path / "orders")
        example = "tests/test_on_a_slow_line.py"
        told = run(tmp_path / "orders", "", tests=example, timeout_seconds=280.0, CI="true")
        assert "1 passed" in told.splitlines()[-1], told

    @pytest.mark.timeout(300)
    def test_on_loopback_where_the_daemons_host_is_this_one(self, tmp_path: Path) -> None:
        """With `docker_host` as testcontainers chooses outside of containers."""
        told = run(tmp_path, ADDRESS, timeout_seconds=280.0, CI="true", TESTCONTAINERS_CONNECTION_MODE="docker_host")
        assert "1 passed" in told.splitlines()[-1], told

    @pytest.mark.timeout(300)
    def test_one_of_its_own_is_as_it_is_described(self, tmp_path: Path) -> None:
        told = run(tmp_path, OWN, timeout_seconds=280.0, CI="true")
        assert "1 passed" in told.splitlines()[-1], told

    @pytest.mark.timeout(300)
    def test_what_a_killed_session_held_is_removed_at_once(self, tmp_path: Path) -> None:
        with holding(tmp_path) as session:
            owner = str(owner_of(session.pid))
            assert things(owner)
            session.kill()
            until(lambda: not things(owner), "what it held to be gone")

    @pytest.mark.timeout(300)
    def test_what_nobody_lived_to_remove_the_next_session_removes(self, tmp_path: Path) -> None:
        with holding(tmp_path) as session:
            owner = str(owner_of(session.pid))
            held = things(owner)
            for child in session.children(recursive=True):
                child.send_signal(signal.SIGSTOP)
                child.kill()
            session.kill()
            session.wait()
            assert things(owner) == held != set()
            told = run(tmp_path, "def test_next(container_network): pass", CI="true")
            assert "1 passed" in told.splitlines()[-1], told
            assert not things(owner)
