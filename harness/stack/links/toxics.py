"""The toxics as values: what Toxiproxy can do to the bytes of one direction of a link.

Where it fits: a fault makes a toxic, `harness.stack.links.toxiproxy` puts it on a proxy. Names and units are ours;
what is sent are Toxiproxy's own attributes, as `toxics/*.go` of v2.12.0 reads them. The toxicity is always 1: Toxiproxy
would draw from a generator that nothing seeds (its ``-seed`` has no effect), and once per connection, not per request.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Literal, Protocol

from harness.errors import UsageError

Stream = Literal["upstream", "downstream"]
"""The direction: "upstream" is what the client says, "downstream" what it is answered."""

BOTH: tuple[Stream, Stream] = ("upstream", "downstream")
TOXICITY = 1.0


class Toxic(Protocol):
    """One toxic. At most one of a kind lies on each direction of a proxy."""

    kind: ClassVar[str]

    @property
    def stream(self) -> Stream:
        """The direction it lies on."""

    def attributes(self) -> Mapping[str, int]:
        """What Toxiproxy is sent, under its names and in its units."""


def toxic_name(toxic: Toxic) -> str:
    """The name of a toxic on its proxy, as Toxiproxy makes it itself when none is given."""
    return f"{toxic.kind}_{toxic.stream}"


def toxic_json(toxic: Toxic) -> dict[str, Any]:
    """The toxic as it is sent and as it must read back."""
    return {
        "name": toxic_name(toxic),
        "type": toxic.kind,
        "stream": toxic.stream,
        "toxicity": TOXICITY,
        "attributes": dict(toxic.attributes()),
    }


@dataclass(frozen=True)
class Latency:
    """Each chunk arrives ``latency_ms`` later. ``jitter_ms`` is drawn by Toxiproxy and cannot be repeated."""

    latency_ms: int
    jitter_ms: int = 0
    stream: Stream = "downstream"
    kind: ClassVar[str] = "latency"

    def attributes(self) -> Mapping[str, int]:
        """``latency`` and ``jitter``."""
        return {"latency": _at_least(0, self.latency_ms), "jitter": _at_least(0, self.jitter_ms)}


@dataclass(frozen=True)
class Bandwidth:
    """At most ``rate_kb`` kilobytes pass in a second. A rate of 0 would spin in Toxiproxy, so it is refused."""

    rate_kb: int
    stream: Stream = "downstream"
    kind: ClassVar[str] = "bandwidth"

    def attributes(self) -> Mapping[str, int]:
        """``rate``."""
        return {"rate": _at_least(1, self.rate_kb)}


@dataclass(frozen=True)
class SlowClose:
    """A connection that one side closes is closed to the other ``delay_ms`` later."""

    delay_ms: int
    stream: Stream = "downstream"
    kind: ClassVar[str] = "slow_close"

    def attributes(self) -> Mapping[str, int]:
        """``delay``."""
        return {"delay": _at_least(0, self.delay_ms)}


@dataclass(frozen=True)
class Timeout:
    """Nothing passes, and the connection is closed ``timeout_ms`` later; 0 never closes it, which is a black hole.

    Removing the toxic closes the connections it lay on, because bytes are missing in them.
    """

    timeout_ms: int
    stream: Stream = "downstream"
    kind: ClassVar[str] = "timeout"

    def attributes(self) -> Mapping[str, int]:
        """``timeout``."""
        return {"timeout": _at_least(0, self.timeout_ms)}


@dataclass(frozen=True)
class ResetPeer:
    """The first bytes after it was put on are dropped, and ``timeout_ms`` later the connection is closed.

    Only a connection that is made while the toxic lies on its proxy is ended with a reset: the option that makes a
    close a reset is set when a link starts. One that was there before ends with an ordinary close.
    """

    timeout_ms: int = 0
    stream: Stream = "downstream"
    kind: ClassVar[str] = "reset_peer"

    def attributes(self) -> Mapping[str, int]:
        """``timeout``."""
        return {"timeout": _at_least(0, self.timeout_ms)}


@dataclass(frozen=True)
class Slicer:
    """Bytes arrive in slices of about ``average_size_bytes``, ``delay_us`` microseconds apart, none missing.

    ``size_variation_bytes`` is drawn by Toxiproxy and cannot be repeated; it must be less than the average.
    """

    average_size_bytes: int
    size_variation_bytes: int = 0
    delay_us: int = 0
    stream: Stream = "downstream"
    kind: ClassVar[str] = "slicer"

    def attributes(self) -> Mapping[str, int]:
        """``average_size``, ``size_variation`` and ``delay``."""
        return {
            "average_size": _at_least(self.size_variation_bytes + 1, self.average_size_bytes),
            "size_variation": _at_least(0, self.size_variation_bytes),
            "delay": _at_least(0, self.delay_us),
        }


@dataclass(frozen=True)
class LimitData:
    """The connection is closed once this many ``bytes`` have passed."""

    bytes: int
    stream: Stream = "downstream"
    kind: ClassVar[str] = "limit_data"

    def attributes(self) -> Mapping[str, int]:
        """``bytes``."""
        return {"bytes": _at_least(0, self.bytes)}


def _at_least(smallest: int, value: int) -> int:
    if value < smallest:
        raise UsageError(f"a toxic was given {value} where at least {smallest} is needed")
    return value
