"""What a link is in now, read by another client than the one that changed it.

Where it fits: `chaos.links` has the engine's own client (`harness.stack.links.toxiproxy`) break and heal a link, and
takes the evidence from here: code that makes a fault must not be what shows it. The reader is `toxiproxy-python`, whose
authors know nothing of the engine, behind `harness.stack.links.strict_toxiproxy`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from harness.stack.links.links import Link
from harness.stack.links.proxies import TOXIC_FIELDS, Proxy, ProxyState
from harness.stack.links.strict_toxiproxy import strict_toxiproxy
from harness.stack.links.toxics import Toxic, toxic_json
from harness.stack.links.toxiproxy_api import TIMEOUT_SECONDS, ToxiproxyError

# Three requests at most, each bounded by itself; a server that sends a byte at a time is bounded here.
READ_SECONDS = 3 * TIMEOUT_SECONDS


@dataclass(frozen=True)
class Condition:
    """What a link is to be in: whether its proxy takes connections, and exactly which toxics lie on it."""

    enabled: bool = True
    toxics: Sequence[Toxic] = ()


WHOLE = Condition()


async def read_back(link: Link, wanted: Condition, *, timeout_seconds: float = TIMEOUT_SECONDS) -> ProxyState:
    """The link's proxy as it is now.

    :param timeout_seconds: the bound on each request.
    :raises ToxiproxyError: it cannot be read, or is in another condition.
    """
    asked = f"through toxiproxy-python for proxy {link.name} of {link.toxiproxy.url}"
    try:
        async with asyncio.timeout(READ_SECONDS):
            state = await asyncio.to_thread(_read, link.toxiproxy.url, link.name, timeout_seconds)
    except TimeoutError as error:
        raise ToxiproxyError(f"no whole answer in {READ_SECONDS:g} s", asked=asked) from error
    if state is None:
        raise ToxiproxyError("it has none of this name", asked=asked)
    ought = ProxyState(state.proxy, wanted.enabled, {each["name"]: each for each in map(toxic_json, wanted.toxics)})
    if state != ought:
        raise ToxiproxyError(f"{state.evidence()}, and was to be {ought.condition()}", asked=asked)
    return state


def _read(url: str, name: str, timeout_seconds: float) -> ProxyState | None:
    """In a thread: it blocks, and what it imports takes its time."""
    proxy = strict_toxiproxy(url, timeout_seconds=timeout_seconds).get_proxy(name)
    if proxy is None:
        return None
    toxics = {name: {field: getattr(toxic, field) for field in TOXIC_FIELDS} for name, toxic in proxy.toxics().items()}
    return ProxyState(Proxy(proxy.name, proxy.listen, proxy.upstream), proxy.enabled, toxics)
