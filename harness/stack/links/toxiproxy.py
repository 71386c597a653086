"""Toxiproxy's proxies: created, cut, given toxics and healed, and after each write read back and compared.

Where it fits: `harness.stack.links.toxiproxy_server` starts the server, `harness.stack.links.links` names the links
that run through its proxies, faults break those. A method that returns has read back what it asked for; one that raises
says what was asked and what was answered.

Not covered: what flowed. Toxiproxy's byte counters move only when a connection closes, so the evidence is the read-back
and the victim's own errors.

Protocol: the README of v2.12.0 (https://github.com/Shopify/toxiproxy/blob/v2.12.0/README.md#http-api) and `api.go`. Its
one trap: a proxy on which a connection's reader stands still while more bytes than the buffers hold are under way
answers no call about toxics any more, nor does ``GET /proxies``, until Toxiproxy is restarted.
"""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import quote

from harness.stack.links.proxies import Proxy, ProxyState, field_of, read_state, require_allowed
from harness.stack.links.toxics import Toxic, toxic_json, toxic_name
from harness.stack.links.toxiproxy_api import TIMEOUT_SECONDS, ToxiproxyApi, ToxiproxyError


class Toxiproxy:
    """The client of one server. For asyncio; used from one event loop."""

    def __init__(self, url: str, *, timeout_seconds: float = TIMEOUT_SECONDS, loopback_only: bool = True) -> None:
        """Make a client of the server at ``url``; nothing is sent yet.

        :param timeout_seconds: the bound on each request.
        :param loopback_only: refuse proxies that listen on, or lead to, another host.
        """
        self._api = ToxiproxyApi(url, timeout_seconds=timeout_seconds)
        self._loopback_only = loopback_only

    @property
    def url(self) -> str:
        """Where the server is."""
        return self._api.url

    async def version(self) -> str:
        """The server's version, such as "2.12.0"."""
        return str(field_of(await self._api.call("GET", "/version"), "version", asked="GET /version"))

    async def proxies(self) -> dict[str, ProxyState]:
        """All proxies by name."""
        answer = await self._api.call("GET", "/proxies")
        if not isinstance(answer, dict):
            raise ToxiproxyError(f"answered no table of proxies: {answer!r}", asked="GET /proxies")
        return {name: read_state(proxy, asked="GET /proxies") for name, proxy in answer.items()}

    async def proxy(self, name: str) -> ProxyState:
        """One proxy as it is now."""
        path = _path(name)
        return read_state(await self._api.call("GET", path), asked=f"GET {path}")

    async def populate(self, proxies: Sequence[Proxy]) -> dict[str, ProxyState]:
        """Make these proxies be there and whole, whatever was there under their names; others stay as they are.

        :raises UsageError: an address is not a literal host and port, or leaves this host.
        """
        for proxy in proxies:
            require_allowed(proxy, loopback_only=self._loopback_only)
        await self._api.call("POST", "/populate", [{**proxy.__dict__, "enabled": True} for proxy in proxies])
        # One that was there already keeps its toxics and stays cut if it was.
        states = {proxy.name: await self.heal(proxy.name) for proxy in proxies}
        for proxy in proxies:
            _require_equal(states[proxy.name].proxy, proxy, asked="POST /populate")
        return states

    async def disable(self, name: str) -> ProxyState:
        """Cut: all connections are closed, and new ones are refused."""
        return await self._enabled(name, False)

    async def enable(self, name: str) -> ProxyState:
        """Listen again. Toxics stay as they are."""
        return await self._enabled(name, True)

    async def add_toxic(self, name: str, toxic: Toxic) -> ProxyState:
        """Put a toxic on a proxy; one of the same kind and direction must not be there."""
        await self._api.call("POST", f"{_path(name)}/toxics", toxic_json(toxic))
        return await self._reads_back(name, toxic)

    async def update_toxic(self, name: str, toxic: Toxic) -> ProxyState:
        """Give the toxic of the same kind and direction other attributes; connections stay."""
        asked = {"attributes": dict(toxic.attributes())}
        await self._api.call("PATCH", _path(name, toxic_name(toxic)), asked)
        return await self._reads_back(name, toxic)

    async def remove_toxic(self, name: str, toxic: str) -> ProxyState:
        """Take the toxic of this name off; one that is gone already is fine."""
        path = _path(name, toxic)
        try:
            await self._api.call("DELETE", path)
        except ToxiproxyError as error:
            # Also the answer when the proxy itself is gone: the read-back raises for that one.
            if error.status != 404:
                raise
        state = await self.proxy(name)
        if toxic in state.toxics:
            raise ToxiproxyError(state.evidence(), asked=f"DELETE {path}")
        return state

    async def remove_toxics(self, name: str) -> ProxyState:
        """Take all toxics off, whoever put them there."""
        state = await self.proxy(name)
        for toxic in state.toxics:
            state = await self.remove_toxic(name, toxic)
        return state

    async def heal(self, name: str) -> ProxyState:
        """Make the proxy whole, whatever was done to it. Idempotent.

        :raises ToxiproxyError: it does not read back whole.
        """
        state = await self.remove_toxics(name)
        if not state.enabled:
            state = await self.enable(name)
        if not state.whole:
            raise ToxiproxyError(state.evidence(), asked=f"to heal proxy {name}")
        return state

    async def reset(self) -> None:
        """Make every proxy of this server whole.

        Toxiproxy stops at the first proxy that it cannot enable, and the read-back names the rest.
        """
        await self._api.call("POST", "/reset")
        broken = [state.evidence() for state in (await self.proxies()).values() if not state.whole]
        if broken:
            raise ToxiproxyError("; ".join(broken), asked="POST /reset")

    async def close(self) -> None:
        """Close the connections to the server."""
        await self._api.close()

    async def _enabled(self, name: str, enabled: bool) -> ProxyState:
        body = {"enabled": enabled}
        await self._api.call("PATCH", _path(name), body)
        state = await self.proxy(name)
        if state.enabled != enabled:
            raise ToxiproxyError(state.evidence(), asked=f"PATCH {_path(name)} {body}")
        return state

    async def _reads_back(self, name: str, toxic: Toxic) -> ProxyState:
        state = await self.proxy(name)
        _require_equal(state.toxics.get(toxic_name(toxic)), toxic_json(toxic), asked=f"a toxic on proxy {name}")
        return state


def _path(proxy: str, toxic: str | None = None) -> str:
    path = f"/proxies/{quote(proxy, safe='')}"
    return path if toxic is None else f"{path}/toxics/{quote(toxic, safe='')}"


def _require_equal(seen: object, wanted: object, *, asked: str) -> None:
    if seen != wanted:
        raise ToxiproxyError(f"reads back {seen}, not {wanted}", asked=asked)
