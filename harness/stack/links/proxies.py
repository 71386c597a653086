"""Proxies as values: what one is to be, and what it reads back as.

Where it fits: `harness.stack.links.toxiproxy` sends the first and compares it with the second. The shapes are those
of Toxiproxy 2.12's HTTP interface (`api.go`, `proxy.go`).
"""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from harness.errors import UsageError
from harness.stack.links.toxiproxy_api import ToxiproxyError

TOXIC_FIELDS = ("name", "type", "stream", "toxicity", "attributes")


@dataclass(frozen=True)
class Proxy:
    """One proxy: who connects to ``listen`` reaches ``upstream``. Both are "127.0.0.1:5432" or "[::1]:5432"."""

    name: str
    listen: str
    upstream: str


@dataclass(frozen=True)
class ProxyState:
    """A proxy as it reads back. ``toxics`` maps a toxic's name to its JSON, whoever put it there."""

    proxy: Proxy
    enabled: bool
    toxics: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    @property
    def whole(self) -> bool:
        """Whether everything passes as if there were no proxy."""
        return self.enabled and not self.toxics

    def evidence(self) -> str:
        """The state in words: "proxy books reads back enabled with bandwidth (rate 8) on its upstream"."""
        return f"proxy {self.proxy.name} reads back {self.condition()}"

    def condition(self) -> str:
        """The state without the name: "enabled with bandwidth (rate 8) on its upstream"."""
        words = []
        for toxic in self.toxics.values():
            attributes = ", ".join(f"{name} {value}" for name, value in toxic["attributes"].items())
            words.append(f"{toxic['type']} ({attributes}) on its {toxic['stream']}")
        return ("enabled" if self.enabled else "disabled") + (f" with {' and '.join(words)}" if words else "")


def require_allowed(proxy: Proxy, *, loopback_only: bool) -> None:
    """Refuse a proxy whose addresses are not literal, or leave this host although they must not.

    A host name is refused for ``listen`` because Toxiproxy reads back what it resolves to, and a port of 0 because the
    proxy would come back on another one after a cut.

    :raises UsageError: names the proxy and the address.
    """
    for what, address in (("listens on", proxy.listen), ("leads to", proxy.upstream)):
        host, _, port = address.rpartition(":")
        literal = _literal(host)
        if loopback_only:
            allowed = literal is not None and literal.is_loopback
        else:
            allowed = literal is not None or (bool(host) and what == "leads to")
        if not (allowed and port.isdecimal() and 1 <= int(port) <= 65535):
            wanted = "of this host, such as 127.0.0.1:5432" if loopback_only else "such as 10.0.0.7:5432"
            raise UsageError(f"proxy {proxy.name} {what} {address!r}; it must be an address and port {wanted}")


def _literal(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(host.removeprefix("[").removesuffix("]"))
    except ValueError:
        return None


def read_state(answer: Any, *, asked: str) -> ProxyState:
    """The proxy of a JSON answer.

    :param asked: the request, for the error.
    :raises ToxiproxyError: the answer has another shape.
    """
    words = [str(field_of(answer, name, asked=asked)) for name in ("name", "listen", "upstream")]
    toxics = field_of(answer, "toxics", asked=asked)
    try:
        read = {toxic["name"]: {name: toxic[name] for name in TOXIC_FIELDS} for toxic in toxics}
    except (KeyError, TypeError) as error:
        raise ToxiproxyError(f"answered toxics of another shape: {toxics!r}", asked=asked) from error
    return ProxyState(Proxy(*words), field_of(answer, "enabled", asked=asked) is True, read)


def field_of(answer: Any, name: str, *, asked: str) -> Any:
    """One field of a JSON answer.

    :raises ToxiproxyError: the answer has none of this name.
    """
    if not isinstance(answer, dict) or name not in answer:
        raise ToxiproxyError(f"answered without {name!r}: {answer!r}", asked=asked)
    return answer[name]
