"""What a run changes of the compose files: as little as it needs, and nothing listens beyond loopback."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from harness.errors import UsageError
from harness.stack.containers.engine import FOLDER_LABEL, RUN_LABEL
from harness.stack.containers.parts import SERVICES, draw_ports
from harness.stack.containers.project import Wanted, changed
from harness.stack.processes.ports import FixedPorts

DATA = {"type": "volume", "source": "postgresql", "target": "/var/lib/postgresql"}


def merged() -> dict[str, Any]:
    """The files as compose lays them over each other, with more in them than a run wants."""
    service = {
        "image": "image:1",
        "depends_on": {"temporal-schema": {}},
        "healthcheck": {"test": ["CMD", "true"]},
        "restart": "always",
        "networks": {"default": None},
        "container_name": "everybodys",
        "ports": [{"target": 1, "published": "7233", "host_ip": "0.0.0.0"}],
        "environment": {"DB": "postgres12_pgx", "POSTGRES_SEEDS": "toxiproxy"},
    }
    services: dict[str, Any] = {name: dict(service) for name in SERVICES.values()}
    services["temporal-postgresql"]["volumes"] = [DATA, {"type": "volume", "target": "/scratch", "volume": {}}]
    services["temporal-admin-tools"] = dict(service)
    return {"services": services, "volumes": {"postgresql": {}, "outside": {}}, "networks": {"default": {}}}


def wanted(folder: Path, *, kept: str | None = None) -> Wanted:
    return Wanted("run-7", folder, folder / "dynamic-config", draw_ports(None), kept)


def test_only_what_the_stack_takes_is_made_and_starts_when_it_is_told_to(tmp_path: Path) -> None:
    services = changed(merged(), wanted(tmp_path))["services"]
    assert services.keys() == set(SERVICES.values())
    for service in services.values():
        assert not {"depends_on", "restart", "networks"} & service.keys()
        assert service["healthcheck"] == {"disable": True}


def test_everything_listens_on_loopback_alone(tmp_path: Path) -> None:
    services = changed(merged(), wanted(tmp_path))["services"]
    published = [port for service in services.values() for port in service["ports"]]
    assert len(published) == 5
    assert all(port.startswith("127.0.0.1:") for port in published)


def test_programs_are_given_what_a_run_needs(tmp_path: Path) -> None:
    services = changed(merged(), wanted(tmp_path))["services"]
    assert services["toxiproxy"]["command"] == ["-host=0.0.0.0"], "its proxies are made by who reads them back"
    postgres = services["temporal-postgresql"]["command"]
    assert "fsync=off" in postgres
    assert not [word for word in postgres if word.startswith("unix_socket_directories")]
    origin = services["temporal-ui"]["environment"]["TEMPORAL_CORS_ORIGINS"]
    assert services["temporal-ui"]["ports"] == [f"{origin.removeprefix('http://')}:8080"]


def test_everything_of_a_run_carries_its_id(tmp_path: Path) -> None:
    made = changed(merged(), wanted(tmp_path))
    labelled = [*made["services"].values(), *made["networks"].values(), *made["volumes"].values()]
    assert {each["labels"][RUN_LABEL] for each in labelled} == {"run-7"}


def test_the_data_of_a_stack_by_hand_are_the_projects_and_outlive_it(tmp_path: Path) -> None:
    first, again = wanted(tmp_path, kept="shop"), wanted(tmp_path, kept="shop")
    assert changed(merged(), first)["volumes"] == {"postgresql": {"labels": {FOLDER_LABEL: "shop"}}}
    assert first.project == again.project
    assert first.project not in (wanted(tmp_path).project, wanted(tmp_path, kept="shed").project)


def test_the_server_reads_a_dynamic_configuration_of_its_own(tmp_path: Path) -> None:
    server = changed(merged(), wanted(tmp_path))["services"]["temporal"]
    mount = server["volumes"][-1]
    assert (mount["source"], mount["read_only"]) == (str(tmp_path / "dynamic-config"), True)
    assert server["environment"]["DYNAMIC_CONFIG_FILE_PATH"].startswith(mount["target"])
    assert server["environment"]["DB"] == "postgres12_pgx"


def test_containers_have_the_names_by_which_they_are_started(tmp_path: Path) -> None:
    """And no two runs the same, whatever the files say."""
    one, other = wanted(tmp_path), replace(wanted(tmp_path), run_id="run-8")
    names = {each["container_name"] for run in (one, other) for each in changed(merged(), run)["services"].values()}
    assert names == {f"{run.project}-{service}-1" for run in (one, other) for service in SERVICES.values()}


def test_a_dollar_sign_in_a_path_is_no_variable(tmp_path: Path) -> None:
    folder = tmp_path / "my $HOME"
    made = changed(merged(), wanted(folder, kept=str(folder)))
    assert made["services"]["temporal"]["volumes"][-1]["source"] == f"{tmp_path}/my $$HOME/dynamic-config"
    assert made["volumes"]["postgresql"]["labels"] == {FOLDER_LABEL: f"{tmp_path}/my $$HOME"}


@pytest.mark.parametrize("elsewhere", [{"POSTGRES_SEEDS": "temporal-postgresql"}, {}])
def test_a_server_that_is_not_behind_its_link_is_refused(tmp_path: Path, elsewhere: dict[str, str]) -> None:
    """Its link would be cut, and read back as cut, and nothing would be."""
    files = merged()
    files["services"]["temporal"]["environment"] = elsewhere
    with pytest.raises(UsageError, match=r"'temporal' .* past Toxiproxy; give it `POSTGRES_SEEDS: toxiproxy`"):
        changed(files, wanted(tmp_path))


@pytest.mark.parametrize("form", [{"A": "1", "POSTGRES_SEEDS": "toxiproxy"}, ["A=1", "POSTGRES_SEEDS=toxiproxy"]])
def test_tables_and_lists_of_variables_are_both_read(tmp_path: Path, form: object) -> None:
    files = merged()
    files["services"]["temporal"]["environment"] = form
    assert changed(files, wanted(tmp_path))["services"]["temporal"]["environment"]["A"] == "1"


def test_a_person_finds_the_stack_at_the_ports_that_are_known() -> None:
    fixed = FixedPorts()
    ports = draw_ports(fixed)
    assert (ports.postgres, ports.ui, ports.toxiproxy) == (fixed.postgres, fixed.ui, fixed.toxiproxy)
    assert ports.frontend != fixed.temporal, "that one is the link's"
