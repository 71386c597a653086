"""The compose files up for real: from nothing to a completed workflow, and to nothing again."""

from __future__ import annotations

import json
import os
import subprocess
import urllib.request
from collections.abc import Iterator

import pytest
from temporalio.client import Client

from harness.stack.docker import docker
from harness.stack.first_workflow import NAMESPACE, complete_a_workflow
from harness.stack.images.testing_compose import OURS, PROJECT, Project, need_images, project, sweep, things, up
from harness.stack.namespace import make_namespace

pytestmark = [pytest.mark.docker, pytest.mark.timeout(600), pytest.mark.xdist_group("compose-up")]


@pytest.fixture(scope="module")
def plain() -> Iterator[Project]:
    with up(project(*need_images())) as made:
        yield made
    assert made.left() == {"container": [], "network": [], "volume": []}


async def test_a_workflow_completes(plain: Project) -> None:
    client = await Client.connect(f"127.0.0.1:{plain.environment['TEMPORAL_PORT']}")
    await make_namespace(client, NAMESPACE, {})
    await complete_a_workflow(client, timeout_seconds=60)


def test_the_tools_find_the_cluster_and_the_namespace(plain: Project) -> None:
    said = plain.run("exec", "-T", "temporal-admin-tools", "temporal", "operator", "cluster", "health")
    assert "SERVING" in said
    said = plain.run("exec", "-T", "temporal-admin-tools", "temporal", "operator", "namespace", "describe", "default")
    assert "default" in said


def test_the_ui_shows_the_namespace(plain: Project) -> None:
    root = f"http://127.0.0.1:{plain.environment['TEMPORAL_UI_PORT']}"
    with urllib.request.urlopen(f"{root}/api/v1/namespaces/default", timeout=20) as answer:
        assert json.load(answer)["namespaceInfo"]["name"] == "default"


def test_setting_up_again_changes_nothing(plain: Project) -> None:
    statement = "SELECT count(*) FROM schema_update_history"
    psql = ("exec", "-T", "temporal-postgresql", "psql", "--username=temporal", "--tuples-only", "--command", statement)
    before = plain.run(*psql)
    assert int(before) > 1
    for one_shot in ("temporal-schema", "temporal-namespace"):
        plain.run("run", "--rm", "--no-deps", "-T", one_shot)
    assert plain.run(*psql) == before


def test_the_server_reads_the_dynamic_configuration(plain: Project) -> None:
    said = plain.run("logs", "--no-color", "temporal")
    # The one name in development-sql.yaml that only later servers know.
    assert "unregistered key" in said
    assert "workflowtimeskippingenabled" in said


def test_what_a_killed_test_left_is_swept_and_nothing_else(plain: Project) -> None:
    dead = subprocess.Popen(["true"])
    dead.wait()
    killed = f"{OURS}{dead.pid}-left"
    for name in (killed, f"{OURS}{os.getpid()}-mine"):
        docker("volume", "create", "--label", f"{PROJECT}={name}")
        docker("network", "create", "--label", f"{PROJECT}={name}", name)
    try:
        sweep()
        assert [things(kind, killed) for kind in ("network", "volume")] == [[], []]
        assert len(things("network", f"{OURS}{os.getpid()}-mine")) == 1
        assert plain.left()["container"]
    finally:
        for kind in ("network", "volume"):
            for thing in things(kind, f"{OURS}{os.getpid()}-mine"):
                docker(kind, "rm", thing)
