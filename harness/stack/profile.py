"""The user's own profile of a Temporal cluster: read from their environment and handed on to processes of a run.

    TEMPORAL_*, temporal.toml ──> **profile** ──> TEMPORAL_* of workers and services

It is read once, so that all processes agree whatever becomes of the file meanwhile. What it holds may be secret: it
goes into the environment of the processes that connect, and nowhere else. Not covered, because the SDK's own reader
drops them: a codec server, and the switch that turns the check of the server's name off.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from temporalio.envconfig import ClientConfigProfile, ClientConfigTLS

from harness.errors import UsageError

METADATA = "TEMPORAL_GRPC_META_"
HOW = "set TEMPORAL_ADDRESS, or TEMPORAL_PROFILE to a profile of your temporal.toml"


@dataclass(frozen=True)
class Cluster:
    """A cluster of somebody else's, and the namespace that a run has there.

    :param profile: how it is reached; hidden from ``repr`` because it may hold an API key.
    :param own_namespace: the run makes it and deletes it; otherwise somebody named it.
    """

    profile: ClientConfigProfile = field(repr=False)
    namespace: str
    own_namespace: bool

    @property
    def address(self) -> str:
        """``host:port``."""
        return str(self.profile.address)

    @property
    def options(self) -> Mapping[str, Any]:
        """What a client is opened with beside the address. Secrets are among it."""
        config: dict[str, Any] = dict(self.profile.to_client_connect_config())
        del config["target_host"]
        return {**config, "namespace": self.namespace}


def cluster_of(profile: ClientConfigProfile, run_id: str) -> Cluster:
    """The cluster of a profile, with the profile's namespace or else one that only this run has."""
    if profile.namespace:
        return Cluster(profile, profile.namespace, own_namespace=False)
    return Cluster(profile, f"assay-{run_id.rpartition('-')[2]}", own_namespace=True)


def read_profile(environ: Mapping[str, str]) -> ClientConfigProfile:
    """The profile that the environment names, with what single variables say on top.

    :raises UsageError: it cannot be read, names a file that cannot be read, or names no address.
    """
    try:
        profile = ClientConfigProfile.load(override_env_vars=dict(environ))
        profile.to_client_connect_config()
    except (RuntimeError, OSError) as error:
        raise UsageError(f"the Temporal profile cannot be read: {error}; {HOW}") from error
    if not profile.address:
        raise UsageError(f"the stack `external` is a cluster of yours, and nothing names it: {HOW}")
    return profile


def environment_of(profile: ClientConfigProfile, namespace: str) -> dict[str, str]:
    """The variables by which another process reads the same profile, with this namespace. Secrets are among them."""
    found = {"TEMPORAL_ADDRESS": profile.address or "", "TEMPORAL_NAMESPACE": namespace}
    if profile.api_key is not None:
        found["TEMPORAL_API_KEY"] = profile.api_key
    if profile.tls is not None:
        found |= _of_tls(profile.tls)
    found |= {METADATA + key.replace("-", "_").upper(): value for key, value in profile.grpc_meta.items()}
    return found


def _of_tls(tls: ClientConfigTLS) -> dict[str, str]:
    found = {"TEMPORAL_TLS": "false" if tls.disabled else "true"}
    if tls.server_name is not None:
        found["TEMPORAL_TLS_SERVER_NAME"] = tls.server_name
    sources = {
        "SERVER_CA_CERT": tls.server_root_ca_cert,
        "CLIENT_CERT": tls.client_cert,
        "CLIENT_KEY": tls.client_private_key,
    }
    for name, source in sources.items():
        if isinstance(source, Path):
            # The processes of a run have another working directory.
            found[f"TEMPORAL_TLS_{name}_PATH"] = os.path.abspath(source)
        elif source is not None:
            found[f"TEMPORAL_TLS_{name}_DATA"] = source.decode() if isinstance(source, bytes) else source
    return found
