"""Temporal's development server as a container: one program with everything in it, its data in memory."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

from testcontainers.core.container import DockerContainer
from testcontainers.core.wait_strategies import ExecWaitStrategy

from harness.containers.images import image_called
from harness.containers.publishing import address_of, prepare

PORT, UI_PORT = 7233, 8233
STARTED_WITHIN_SECONDS = 120


class TemporalContainer(DockerContainer):
    """
    Temporal's development server.

    Example:

        .. code-block:: python

            with TemporalContainer().with_namespace("billing") as temporal:
                client = await Client.connect(temporal.get_address(), namespace="billing")
    """

    def __init__(self, image: str | None = None, **kwargs: Any) -> None:
        """Describe it; nothing is started yet.

        :param image: `temporalio/temporal` at the version that is tried here, or what stands in for it.
        :param kwargs: what `DockerContainer` takes.
        :raises ContainersMissing: no daemon answers, or there is no such image.
        """
        super().__init__(image or image_called("temporal"), **kwargs)
        self._namespaces = ["default"]
        self._arguments: list[str] = []
        self.with_exposed_ports(PORT, UI_PORT)

    def with_namespace(self, name: str) -> Self:
        """Make a namespace beside "default"."""
        self._namespaces.append(name)
        return self

    def with_search_attributes(self, attributes: Mapping[str, str]) -> Self:
        """Add search attributes to every namespace: name → type, such as "Keyword"."""
        self._arguments += [f"--search-attribute={name}={kind}" for name, kind in attributes.items()]
        return self

    def with_dynamic_config(self, key: str, value: str) -> Self:
        """Set a value of the dynamic configuration, as JSON: ``with_dynamic_config("limit.maxIDLength", "255")``."""
        self._arguments.append(f"--dynamic-config-value={key}={value}")
        return self

    def get_address(self) -> str:
        """``HOST:PORT`` for a client."""
        return address_of(self, PORT)

    def get_ui_url(self) -> str:
        """Where a browser finds the UI."""
        return f"http://{address_of(self, UI_PORT)}"

    def start(self) -> Self:
        """Start it, and wait until every namespace is there.

        :raises TimeoutError: that took longer than two minutes; its log is in the error's notes.
        """
        self.waiting_for(_serves(self._namespaces[-1]))
        return super().start()

    def _configure(self) -> None:
        prepare(self)
        namespaces = [f"--namespace={name}" for name in self._namespaces]
        self.with_command(["server", "start-dev", "--ip=0.0.0.0", "--log-level=warn", *namespaces, *self._arguments])


def _serves(namespace: str) -> ExecWaitStrategy:
    # Docker takes connections to a published port before anybody listens behind it, so the server itself is asked.
    asks = ["temporal", "operator", "namespace", "describe", f"--namespace={namespace}", f"--address=127.0.0.1:{PORT}"]
    return ExecWaitStrategy(asks).with_startup_timeout(STARTED_WITHIN_SECONDS).with_poll_interval(0.1)
