"""A profile comes out of a worker's environment as it went in, and its secrets show nowhere."""

from __future__ import annotations

from pathlib import Path

import pytest
from temporalio.envconfig import ClientConfigProfile

from harness.errors import UsageError
from harness.stack.endpoints import Endpoints
from harness.stack.profile import Cluster, cluster_of, environment_of, read_profile

KEY = "key-that-nobody-may-see"
TOML = f"""
[profile.theirs]
address = "temporal.example:7233"
api_key = "{KEY}"
[profile.theirs.tls]
server_name = "temporal.internal"
server_ca_cert_path = "ca.pem"
client_cert_data = "-----BEGIN CERTIFICATE-----\\nabc\\n-----END CERTIFICATE-----"
[profile.theirs.grpc_meta]
x-team = "payments"
"""


@pytest.fixture(autouse=True)
def _beside_the_certificate(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "ca.pem").write_text("-----BEGIN CERTIFICATE-----")
    monkeypatch.chdir(tmp_path)


def theirs(tmp_path: Path, **more: str) -> ClientConfigProfile:
    file = tmp_path / "temporal.toml"
    file.write_text(TOML)
    return read_profile({"TEMPORAL_CONFIG_FILE": str(file), "TEMPORAL_PROFILE": "theirs", **more})


def test_a_process_with_another_working_directory_reads_the_same_profile(tmp_path: Path) -> None:
    profile = theirs(tmp_path, TEMPORAL_NAMESPACE="orders")
    environment = environment_of(profile, "orders")
    again = read_profile({**environment, "TEMPORAL_CONFIG_FILE": "/dev/null"})
    assert (again.address, again.namespace, again.api_key) == ("temporal.example:7233", "orders", KEY)
    assert again.grpc_meta == profile.grpc_meta == {"x-team": "payments"}
    assert again.tls is not None
    assert profile.tls is not None
    assert again.tls.server_name == "temporal.internal"
    assert again.tls.client_cert == profile.tls.client_cert
    assert again.tls.server_root_ca_cert == Path("ca.pem").absolute()


def test_tls_that_is_switched_off_stays_off(tmp_path: Path) -> None:
    environment = environment_of(theirs(tmp_path, TEMPORAL_TLS="false"), "orders")
    again = read_profile({**environment, "TEMPORAL_CONFIG_FILE": "/dev/null"})
    assert again.to_client_connect_config().get("tls") is False


def test_a_single_variable_beats_the_file(tmp_path: Path) -> None:
    assert theirs(tmp_path, TEMPORAL_ADDRESS="other.example:7233").address == "other.example:7233"


def test_without_a_namespace_each_run_has_its_own(tmp_path: Path) -> None:
    profile = theirs(tmp_path)
    one = cluster_of(profile, "20261123T100000Z-worker-killed-7-1f2e3d4c")
    assert (one.namespace, one.own_namespace) == ("assay-1f2e3d4c", True)
    named = cluster_of(theirs(tmp_path, TEMPORAL_NAMESPACE="orders"), "run")
    assert (named.namespace, named.own_namespace) == ("orders", False)
    assert one.options["namespace"] == "assay-1f2e3d4c"
    assert "target_host" not in one.options


@pytest.mark.parametrize(
    ("environ", "words"),
    [
        ({}, "nothing names it: set TEMPORAL_ADDRESS"),
        ({"TEMPORAL_PROFILE": "nobody"}, "the Temporal profile cannot be read"),
        ({"TEMPORAL_ADDRESS": "a:1", "TEMPORAL_TLS_CLIENT_CERT_PATH": "none.pem"}, "No such file.*none.pem"),
    ],
)
def test_a_profile_that_cannot_be_used_is_refused(environ: dict[str, str], words: str) -> None:
    with pytest.raises(UsageError, match=words):
        read_profile({"TEMPORAL_CONFIG_FILE": "/dev/null", **environ})


def test_secrets_do_not_show(tmp_path: Path) -> None:
    cluster = Cluster(theirs(tmp_path), "orders", own_namespace=False)
    ends = Endpoints(
        *("a:1", "a:1", "a:1", {}), client_options=cluster.options, connection=environment_of(cluster.profile, "orders")
    )
    assert ends.connection["TEMPORAL_API_KEY"] == KEY
    assert KEY not in repr(cluster) + repr(ends)
