"""The server's configuration is rendered completely, for each process its own."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from harness.errors import EnvironmentMissing, UsageError
from harness.stack.programs.binaries import find_binary
from harness.stack.server_config import (
    DYNAMIC_CONFIG,
    ROLES,
    TEMPLATE,
    RolePorts,
    config_folder,
    copy_dynamic_config,
    render_server_config,
)
from harness.stack.temporal_roles import Cluster, draw_roles, role_names

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "temporal-config"
PORTS = {role: RolePorts(1000 + n, 2000 + n, 3000 + n, 4000 + n) for n, role in enumerate(ROLES)}


def rendered(role: str, template: str | None = None) -> str:
    text = (FOLDER / TEMPLATE).read_text() if template is None else template
    return render_server_config(
        text, PORTS, role, postgres_address="127.0.0.1:15432", dynamic_config=Path("/x/dynamic.yaml")
    )


def section(config: str, name: str) -> str:
    """The lines of one service."""
    found = re.search(rf"^  {name}:\n((?:    .*\n)+)", config[config.index("\nservices:") :], re.MULTILINE)
    assert found
    return found[1]


@pytest.mark.parametrize("role", ROLES)
def test_a_process_has_its_own_metrics_and_everybodys_ports(role: str) -> None:
    config = rendered(role)
    assert "$" not in config
    assert f'listenAddress: "127.0.0.1:{PORTS[role].metrics}"' in config
    for name, ports in PORTS.items():
        assert f"grpcPort: {ports.grpc}\n" in section(config, name)
        assert f"membershipPort: {ports.membership}\n" in section(config, name)
    assert f"httpPort: {PORTS['frontend'].http}\n" in section(config, "frontend")


def test_both_stores_go_through_the_address_that_was_given() -> None:
    assert rendered("history").count('connectAddr: "127.0.0.1:15432"') == 2


def test_the_second_process_of_a_role_has_ports_of_its_own_and_sees_the_first_of_the_others() -> None:
    cluster = Cluster(draw_roles({"history": 2}), FOLDER, Path("/x/dynamic.yaml"), "127.0.0.1:15432")
    first, second = (role for role in cluster.roles if role.role == "history")
    configs = [cluster.config_of(role) for role in (first, second)]
    assert f"grpcPort: {first.ports.grpc}\n" in section(configs[0], "history")
    assert f"grpcPort: {second.ports.grpc}\n" in section(configs[1], "history")
    assert section(configs[0], "frontend") == section(configs[1], "frontend")


def test_only_the_process_that_is_to_fail_gets_errors_and_only_as_long_as_it_is() -> None:
    cluster = Cluster(draw_roles({}), FOLDER, Path("/x/dynamic.yaml"), "127.0.0.1:15432")
    history, matching = cluster.first("history"), cluster.first("matching")
    cluster.fault_injection["history"] = {"targets": {"dataStores": {}}}
    assert 'faultInjection: {"targets": {"dataStores": {}}}\n' in cluster.config_of(history)
    assert "faultInjection: null\n" in cluster.config_of(matching)
    del cluster.fault_injection["history"]
    assert "faultInjection: null\n" in cluster.config_of(history)


def test_a_word_that_nobody_fills_in_is_named() -> None:
    with pytest.raises(UsageError, match=r"\$\{shards\}; known: .*postgres_address"):
        rendered("history", "numHistoryShards: ${shards}\n")


def test_a_dollar_sign_alone_is_explained() -> None:
    with pytest.raises(UsageError, match=r"write \$\$ for a dollar sign"):
        rendered("history", "password: pa$!\n")


def test_a_project_may_bring_its_own_configuration(tmp_path: Path) -> None:
    assert config_folder(tmp_path) == FOLDER
    own = tmp_path / "temporal-config"
    own.mkdir()
    (own / TEMPLATE).touch()
    assert config_folder(tmp_path) == FOLDER, "half of one is none"
    (own / DYNAMIC_CONFIG).touch()
    assert config_folder(tmp_path) == own


def test_no_configuration_at_all_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("harness.stack.server_config.CONFIG_FOLDER", "nowhere")
    with pytest.raises(EnvironmentMissing, match=r"has no nowhere/server.yaml"):
        config_folder(tmp_path)


def test_what_a_fault_left_in_the_dynamic_configuration_does_not_reach_the_next_stack(tmp_path: Path) -> None:
    copy = copy_dynamic_config(FOLDER, tmp_path)
    copy.write_text("frontend.namespaceRPS: [{value: 1}]\n")
    assert copy_dynamic_config(FOLDER, tmp_path) == copy
    assert copy.read_text() == (FOLDER / DYNAMIC_CONFIG).read_text()


def test_names_of_processes_tell_the_servers_workers_from_the_applications() -> None:
    assert role_names({}) == ("frontend", "history", "matching", "internal-worker")
    assert role_names({"history": 2, "worker": 2}) == (
        *("frontend", "history", "history-2", "matching"),
        *("internal-worker", "internal-worker-2"),
    )


def test_ports_are_all_different_and_metrics_known_where_they_have_to_be() -> None:
    roles = draw_roles({"matching": 3}, metrics_port=9101)
    assert [role.ports.metrics for role in roles] == [9101, 9102, 9103, 9104, 9105, 9106]
    others = [port for role in roles for port in (role.ports.grpc, role.ports.membership, role.ports.http)]
    assert len(set(others)) == len(others)
    assert max(others) < 2**15, "PostgreSQL's column for a member's port is a smallint"


@pytest.mark.parametrize("counts", [{"gateway": 1}, {"history": 0}])
def test_roles_that_a_server_does_not_have_are_refused(counts: dict[str, int]) -> None:
    with pytest.raises(UsageError, match="frontend, history, matching, worker, at least one process each"):
        draw_roles(counts)


@pytest.mark.full
def test_the_server_knows_every_setting_but_the_one_for_later_servers() -> None:
    command = [str(find_binary("temporal-server")), "validate-dynamic-config", str(FOLDER / DYNAMIC_CONFIG)]
    answer = subprocess.run(command, capture_output=True, text=True)
    assert answer.returncode == 0, answer.stderr
    warnings = [line.strip() for line in answer.stdout.splitlines() if "warning" in line or "error" in line]
    assert warnings == ['warning: unregistered key "system.workflowtimeskippingenabled"']
