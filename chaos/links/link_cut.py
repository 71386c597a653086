"""A link is cut: its connections end at once, and new ones are refused."""

from __future__ import annotations

import asyncio
import contextlib

from chaos.links.link_fault import LinkFault
from harness.errors import EnvironmentMissing
from harness.stack.links.links import Link
from harness.stack.links.proxies import ProxyState
from harness.stack.links.read_back import Condition

REFUSED_WITHIN_SECONDS = 2.0


def link_cut(link: str, for_seconds: float) -> LinkFault:
    """The fault that cuts ``link`` for so long."""
    words = "link was cut", "links were cut"
    return LinkFault(link, for_seconds, "cut", words, _cut, Condition(enabled=False), _refused)


async def _cut(link: Link) -> None:
    await link.toxiproxy.disable(link.name)


async def _refused(link: Link, state: ProxyState) -> str:
    if link.inside:
        return ", which nobody outside of its network can try"
    # The one state that can be seen without speaking the protocol of whoever is behind it.
    host, _, port = state.proxy.listen.rpartition(":")
    try:
        async with asyncio.timeout(REFUSED_WITHIN_SECONDS):
            _, writer = await asyncio.open_connection(host.strip("[]"), int(port))
    except ConnectionRefusedError:
        return f", and {state.proxy.listen} refuses connections"
    except (OSError, TimeoutError) as error:
        raise EnvironmentMissing(f"{link} was cut, and {state.proxy.listen} does not refuse: {error!r}") from error
    writer.close()
    with contextlib.suppress(OSError):
        await writer.wait_closed()
    raise EnvironmentMissing(f"{link} reads back as cut, and {state.proxy.listen} takes connections all the same")
