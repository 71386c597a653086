"""A link that is up and does not serve: black-holed, throttled, sliced or reset by toxics that do not change.

`link_slow` is the one whose toxic changes while it lies there.
"""

from __future__ import annotations

from collections.abc import Sequence

from chaos.links.link_fault import LinkFault
from harness.errors import UsageError
from harness.stack.links.links import Link
from harness.stack.links.read_back import Condition
from harness.stack.links.toxics import BOTH, Bandwidth, ResetPeer, Slicer, Stream, Timeout, Toxic


def link_blackhole(link: str, for_seconds: float) -> LinkFault:
    """Connections stay and are made, and nothing passes either way.

    Nobody is told, so that only time-outs and keep-alives notice: a Temporal client's default keep-alive takes up to
    45 s (a ping every 30 s, 15 s for its answer). Healing ends the connections, because bytes are missing in them.
    """
    toxics = [Timeout(0, stream) for stream in BOTH]
    return _with(link, for_seconds, "black-holed", ("link swallowed everything", "links swallowed everything"), toxics)


def link_throttled(link: str, for_seconds: float, rate_kb: int) -> LinkFault:
    """At most ``rate_kb`` kilobytes pass in a second, each way."""
    words, toxics = ("link was throttled", "links were throttled"), [Bandwidth(rate_kb, stream) for stream in BOTH]
    return _with(link, for_seconds, f"throttled to {rate_kb} kB/s", words, toxics)


def link_sliced(link: str, for_seconds: float, slice_bytes: int, delay_us: int) -> LinkFault:
    """What is sent at once arrives in slices of about ``slice_bytes``, ``delay_us`` microseconds apart, each way."""
    toxics = [Slicer(slice_bytes, delay_us=delay_us, stream=stream) for stream in BOTH]
    words, done = ("link was sliced", "links were sliced"), f"sliced to {slice_bytes} bytes every {delay_us} µs"
    return _with(link, for_seconds, done, words, toxics)


def link_reset(link: str, for_seconds: float, stream: Stream = "downstream") -> LinkFault:
    """Each connection ends at its first bytes in this direction, which are lost: "downstream" answers, else requests.

    With a lost answer nobody knows whether the request was carried out. A connection that is made under the fault is
    ended with a reset; one that was there before with an ordinary close (see `ResetPeer`).
    """
    if stream not in BOTH:
        raise UsageError(f"link {link} cannot be reset {stream!r}; it is {' or '.join(BOTH)}")
    lost = {"downstream": "answer", "upstream": "request"}[stream]
    words, done = ("link was reset", "links were reset"), f"reset at the first {lost} on each connection"
    return _with(link, for_seconds, done, words, [ResetPeer(0, stream)])


def _with(link: str, for_seconds: float, done: str, words: tuple[str, str], toxics: Sequence[Toxic]) -> LinkFault:
    for toxic in toxics:
        # Refuses what makes no sense when the plan is made, and not in the middle of a run.
        toxic.attributes()

    async def put_on(link: Link) -> None:
        for toxic in toxics:
            await link.toxiproxy.add_toxic(link.name, toxic)

    return LinkFault(link, for_seconds, done, words, put_on, Condition(toxics=toxics))
