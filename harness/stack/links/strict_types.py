"""What `strict_toxiproxy` returns, in types: `toxiproxy-python` 0.1.1 has none.

Every method raises `ToxiproxyError` where the server did not do what it was asked.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Any, Protocol

from harness.stack.links.toxics import Stream


class StrictToxic(Protocol):
    """A toxic as it was when it was read. ``attributes`` are Toxiproxy's, in its units."""

    name: str
    type: str
    stream: Stream
    toxicity: float
    attributes: Mapping[str, int]


class StrictProxy(Protocol):
    """A proxy as it was when it was read, and what can be done to it."""

    name: str
    listen: str
    upstream: str
    enabled: bool

    def down(self) -> AbstractContextManager[StrictProxy]:
        """Cut while the block lasts."""

    def disable(self) -> None:
        """Cut: all connections are closed, and new ones are refused."""

    def enable(self) -> None:
        """Listen again."""

    def toxics(self) -> dict[str, StrictToxic]:
        """Read the toxics that lie on it now, by name."""

    def get_toxic(self, toxic_name: str) -> StrictToxic | None:
        """Read the toxic of this name; ``None`` where there is none."""

    def add_toxic(
        self,
        *,
        type: str,
        stream: Stream = "downstream",
        name: str = ...,
        toxicity: float = 1.0,
        attributes: Mapping[str, int] = ...,
    ) -> None:
        """Put a toxic on it, called "latency_downstream" where it is given no name."""

    def destroy_toxic(self, toxic_name: str) -> bool:
        """Take a toxic off."""

    def destroy(self) -> bool:
        """Remove the proxy."""


class StrictToxiproxy(Protocol):
    """A server."""

    def version(self) -> str:
        """Its version, such as "2.12.0"."""

    def running(self) -> bool:
        """Whether something listens where it should be."""

    def proxies(self) -> dict[str, StrictProxy]:
        """All proxies by name."""

    def get_proxy(self, proxy_name: str) -> StrictProxy | None:
        """Read one proxy; ``None`` where there is none of this name."""

    def create(self, upstream: str, name: str, listen: str | None = None, enabled: bool | None = None) -> StrictProxy:
        """Make a proxy; it listens on a free port of the server's loopback unless ``listen`` says where.

        :raises toxiproxy.exceptions.ProxyExists: there is one of this name.
        """

    def populate(self, proxies: Sequence[Mapping[str, Any]]) -> list[StrictProxy]:
        """Make those that are not there yet, from what `create` takes, and return these alone."""

    def destroy(self, proxy: StrictProxy) -> bool:
        """Remove a proxy."""

    def destroy_all(self) -> None:
        """Remove all proxies."""

    def reset(self) -> bool:
        """Enable every proxy and take all toxics off."""
