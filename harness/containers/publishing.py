"""Where a container can be reached from this process: on loopback alone, where that is possible.

testcontainers publishes on all addresses of the host. None of what is started here asks anybody for a password, so
where this process reaches the daemon's host as its own, ports are published on loopback.
"""

from __future__ import annotations

from typing import Any

from testcontainers.core.config import ConnectionMode
from testcontainers.core.container import DockerContainer

from harness.containers.owner import labels

LOOPBACK = "127.0.0.1"


def prepare(container: DockerContainer) -> None:
    """Publish the container's ports, and label it as this process's. Called where it is configured.

    A port that was bound to one of the host's stays with it. A second call changes nothing.
    """
    if _on_loopback(container):
        # docker-py takes an address beside the port, which testcontainers has no word for.
        ports: dict[str, Any] = dict(container.ports)
        ports.update({name: (LOOPBACK, port) for name, port in ports.items() if not isinstance(port, tuple)})
        container.ports = ports
    more = container._kwargs
    container.with_kwargs(**{**more, "labels": {**more.get("labels", {}), **labels()}})


def address_of(container: DockerContainer, port: int) -> str:
    """``HOST:PORT`` by which this process reaches a port of a started container."""
    host = LOOPBACK if _on_loopback(container) else container.get_container_host_ip()
    return f"{host}:{container.get_exposed_port(port)}"


def _on_loopback(container: DockerContainer) -> bool:
    client = container.get_docker_client()
    return client.get_connection_mode() is ConnectionMode.docker_host and client.host() in ("localhost", LOOPBACK)
