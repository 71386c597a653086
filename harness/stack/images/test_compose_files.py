"""The compose files as text, against the table of images: what needs no Docker to be seen."""

from __future__ import annotations

import json
import re
import tomllib

import pytest

from harness.stack.images.table import IMAGES
from harness.stack.images.testing_compose import COMPOSE, OVERLAYS, PORTS
from harness.stack.processes.ports import free_ports
from harness.stack.programs.diagnosis import GUIDE_PORTS
from harness.stack.programs.recipes import CHECKOUT

FILES = ("compose.yaml", *OVERLAYS)
OFFICIAL = {
    "postgres",
    "python",
    "temporalio/server",
    "temporalio/admin-tools",
    "temporalio/ui",
    "temporalio/temporal",
    "ghcr.io/shopify/toxiproxy",
}
"""The names under which the projects themselves publish. `temporalio/auto-setup` is deprecated, so it is not here."""
VERSIONS = {
    "POSTGRES_VERSION": "postgres",
    "TEMPORAL_VERSION": "server",
    "TEMPORAL_UI_VERSION": "ui",
    "TOXIPROXY_VERSION": "toxiproxy",
    "PYTHON_VERSION": "python",
    "APP_VERSION": "app",
}


def variables() -> dict[str, str]:
    lines = (COMPOSE / ".env").read_text().splitlines()
    return dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))


def images_in(text: str) -> set[str]:
    """The values of ``image:`` with their variables filled in."""
    named = re.findall(r"^\s*image: (\S+)$", text, re.MULTILINE)
    return {re.sub(r"\$\{(\w+)\}", lambda found: variables()[found.group(1)], name) for name in named}


def test_the_table_names_published_images_alone() -> None:
    assert {image.official for image in IMAGES.values()} - {""} == OFFICIAL
    assert not [image for image in IMAGES.values() if image.tag in ("", "latest")]


def test_env_has_the_versions_of_the_table() -> None:
    assert {name: variables()[name] for name in VERSIONS} == {name: IMAGES[of].tag for name, of in VERSIONS.items()}
    assert set(variables()) == {*VERSIONS, *PORTS}


def test_the_application_has_the_version_of_the_project() -> None:
    project = tomllib.loads((CHECKOUT / "pyproject.toml").read_text())["project"]
    assert IMAGES["app"].tag == project["version"]


def test_the_ports_are_the_guides() -> None:
    ports = variables()
    guide = {int(ports["TEMPORAL_PORT"]), int(ports["POSTGRES_PORT"]), int(ports["TEMPORAL_UI_PORT"])}
    assert guide == set(GUIDE_PORTS)
    assert len({ports[name] for name in PORTS}) == len(PORTS)


def test_files_name_images_of_the_table() -> None:
    official = {image.reference for image in IMAGES.values()}
    assert images_in((COMPOSE / "compose.yaml").read_text()) <= official
    assert images_in((COMPOSE / "stand-ins.yaml").read_text()) <= {image.stand_in for image in IMAGES.values()}


@pytest.mark.parametrize("file", FILES)
def test_no_file_fixes_a_name_or_takes_what_is_latest(file: str) -> None:
    text = (COMPOSE / file).read_text()
    assert not re.search(r"^name:|container_name|:latest|^version:", text, re.MULTILINE)


@pytest.mark.parametrize("file", FILES)
def test_every_published_port_is_on_loopback_and_can_be_changed(file: str) -> None:
    for published in re.findall(r"^\s+- (\S+:\d+)$", (COMPOSE / file).read_text(), re.MULTILINE):
        assert re.fullmatch(r"127\.0\.0\.1:\$\{\w+_PORT\}:\d+", published)


def test_the_links_are_between_services_that_exist() -> None:
    services = set(re.findall(r"^  ([\w-]+):$", (COMPOSE / "compose.yaml").read_text(), re.MULTILINE))
    links = json.loads((COMPOSE / "toxiproxy.json").read_text())
    assert {link["name"]: link["upstream"].split(":")[0] for link in links} == {
        "server-postgres": "temporal-postgresql",
        "worker-frontend": "temporal",
    }
    assert {"temporal-postgresql", "temporal"} <= services


def test_free_ports_for_projects_differ() -> None:
    assert len(set(free_ports(len(PORTS)))) == len(PORTS)
