"""Links before they are up: what each connects and where its proxy listens. Two stacks draw them, and share this."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from harness.stack.links.proxies import Proxy

# A knob of the harness, not a service of the outside: nobody in production has it, and nothing of it may break.
CONTROL = "control"


@dataclass(frozen=True)
class Wire:
    """A link before it is up: who connects to whom, where the proxy listens and where it leads."""

    name: str
    source: str
    target: str
    port: int
    upstream_port: int

    def proxy(self) -> Proxy:
        """The proxy that is this link."""
        return Proxy(self.name, f"127.0.0.1:{self.port}", f"127.0.0.1:{self.upstream_port}")


def ends_of_services(world_ports: Mapping[str, int]) -> list[tuple[str, str, str, int]]:
    """Name, source, target and port of the application's link to each service of the world."""
    return [(f"application-{name}", "application", name, port) for name, port in world_ports.items() if name != CONTROL]


def behind_links(world_ports: Mapping[str, int], wires: Mapping[str, Wire]) -> dict[str, int]:
    """Service of the world → the port by which the application reaches it."""
    proxied = {name: wires[f"application-{name}"].port for name in world_ports if name != CONTROL}
    return {**world_ports, **proxied}
