"""Toxiproxy as a container: proxies before other containers, broken through `assay.strict_toxiproxy`."""

from __future__ import annotations

import time
from typing import Any, Self

from testcontainers.core.container import DockerContainer

from harness.containers.images import image_called
from harness.containers.publishing import address_of, prepare
from harness.errors import UsageError
from harness.stack.links.strict_toxiproxy import strict_toxiproxy
from harness.stack.links.strict_types import StrictProxy, StrictToxiproxy
from harness.stack.links.toxiproxy_api import ToxiproxyError

CONTROL_PORT, FIRST_PORT = 8474, 8666
STARTED_WITHIN_SECONDS = 30.0


class ToxiproxyContainer(DockerContainer):
    """
    Toxiproxy.

    Example:

        .. code-block:: python

            with ToxiproxyContainer().with_network(network) as toxiproxy:
                proxy = toxiproxy.create_proxy("temporal", "temporal:7233")
                client = await Client.connect(toxiproxy.get_proxy_address("temporal"))
                with proxy.down():
                    ...
    """

    def __init__(self, image: str | None = None, *, proxies: int = 8, **kwargs: Any) -> None:
        """Describe it; nothing is started yet.

        :param image: Toxiproxy's own at the version that is tried here, or what stands in for it.
        :param proxies: how many proxies there may be: each has a port, which has to be published before it is needed.
        :param kwargs: what `DockerContainer` takes.
        :raises ContainersMissing: no daemon answers, or there is no such image.
        """
        super().__init__(image or image_called("toxiproxy"), **kwargs)
        self._proxy_ports = range(FIRST_PORT, FIRST_PORT + proxies)
        self._port_of: dict[str, int] = {}
        self.with_exposed_ports(CONTROL_PORT, *self._proxy_ports)

    def create_proxy(self, name: str, upstream: str) -> StrictProxy:
        """Make a proxy, which can then be broken.

        :param upstream: whom it leads to, as this container reaches them: "temporal:7233" by an alias of its network.
        :raises UsageError: there is one of this name, or there are as many as there may be.
        """
        if name in self._port_of:
            raise UsageError(f"there is a proxy {name!r} already; get_toxiproxy().get_proxy({name!r}) has it")
        free = [port for port in self._proxy_ports if port not in self._port_of.values()]
        if not free:
            raise UsageError(f"all {len(self._proxy_ports)} proxies are in use; say ToxiproxyContainer(proxies=...)")
        proxy = self.get_toxiproxy().create(upstream, name, f"0.0.0.0:{free[0]}", True)
        self._port_of[name] = free[0]
        return proxy

    def get_proxy_address(self, name: str) -> str:
        """``HOST:PORT`` by which this process reaches a proxy that ``create_proxy`` has made.

        :raises UsageError: it has made none of this name.
        """
        if name not in self._port_of:
            raise UsageError(f"there is no proxy {name!r}; make it with create_proxy")
        return address_of(self, self._port_of[name])

    def get_control_address(self) -> str:
        """``HOST:PORT`` of the HTTP interface."""
        return address_of(self, CONTROL_PORT)

    def get_toxiproxy(self) -> StrictToxiproxy:
        """A client of it."""
        return strict_toxiproxy(self.get_control_address())

    def start(self) -> Self:
        """Start it, and wait until it answers.

        :raises TimeoutError: that took longer than half a minute.
        """
        super().start()
        deadline = time.monotonic() + STARTED_WITHIN_SECONDS
        while not self._answers():
            if time.monotonic() > deadline:
                logs = b"".join(self.get_logs()).decode(errors="replace")
                raise TimeoutError(f"Toxiproxy did not answer within {STARTED_WITHIN_SECONDS:g} s; its log:\n{logs}")
            time.sleep(0.05)
        return self

    def _answers(self) -> bool:
        try:
            return bool(self.get_toxiproxy().version())
        except ToxiproxyError:
            return False

    def _configure(self) -> None:
        prepare(self)
