"""A Toxiproxy that does not proxy: the HTTP interface over a table in memory, for what the real one never does.

Where it fits: tests plant it where the real server would be. It can answer every write with an error, answer 200 and
do nothing, never answer, or answer what is not JSON; the client and the faults must notice each.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any, Literal

import httpx

from harness.stack.links.toxiproxy import Toxiproxy

Trouble = Literal["", "error", "lie", "hang", "nonsense"]
Answer = tuple[int, object]
PATIENCE_SECONDS, HANGS_SECONDS = 60.0, 1.0


@dataclass
class FakeToxiproxy:
    """``trouble`` is what it does to writes from now on; ``requests`` is what it was asked ("PATCH /proxies/a")."""

    port: int
    proxies: dict[str, dict[str, Any]] = field(default_factory=dict)
    requests: list[str] = field(default_factory=list)
    _trouble: Trouble = ""
    _clients: list[Toxiproxy] = field(default_factory=list)

    @property
    def trouble(self) -> Trouble:
        """See the class."""
        return self._trouble

    @trouble.setter
    def trouble(self, trouble: Trouble) -> None:
        self._trouble = trouble
        for client in self._clients:
            client._api._client.timeout = httpx.Timeout(HANGS_SECONDS if trouble == "hang" else PATIENCE_SECONDS)

    def client(self) -> Toxiproxy:
        """One that waits as long for an answer as a busy machine may take over it, but not while this hangs."""
        self._clients.append(Toxiproxy(self.url, timeout_seconds=PATIENCE_SECONDS))
        return self._clients[-1]

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.port}"

    def answer(self, method: str, path: str, body: Any) -> Answer:
        """Carry the request out on the table; status and JSON of the answer."""
        match (method, path.strip("/").split("/")):
            case "GET", ["version"]:
                return 200, {"version": "2.12.0"}
            case "GET", ["proxies"]:
                return 200, self.proxies
            case "POST", ["populate"]:
                for proxy in body:
                    self.proxies.setdefault(proxy["name"], {**proxy, "toxics": []})
                return 201, {"proxies": list(self.proxies.values())}
            case "POST", ["reset"]:
                for proxy in self.proxies.values():
                    proxy.update(enabled=True, toxics=[])
                return 204, None
            case _, ["proxies", name, *rest] if name in self.proxies:
                return self._proxy(self.proxies[name], method, rest, body)
        return 404, {"error": "proxy not found", "status": 404}

    def _proxy(self, proxy: dict[str, Any], method: str, rest: list[str], body: Any) -> Answer:
        toxics: list[dict[str, Any]] = proxy["toxics"]
        match (method, rest):
            case "GET", []:
                return 200, proxy
            case "PATCH", []:
                proxy.update(body)
                return 200, proxy
            case "GET", ["toxics"]:
                return 200, toxics
            case "POST", ["toxics"]:
                toxics.append(body)
                return 200, body
            case _, ["toxics", name] if any(toxic["name"] == name for toxic in toxics):
                toxic = next(toxic for toxic in toxics if toxic["name"] == name)
                if method == "DELETE":
                    toxics.remove(toxic)
                    return 204, None
                toxic["attributes"].update(body["attributes"])
                return 200, toxic
        return 404, {"error": "toxic not found", "status": 404}

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer the one request of a connection."""
        head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
        method, path, _ = head[0].split(" ")
        sizes = [int(line.split(":")[1]) for line in head if line.lower().startswith("content-length:")]
        content = await reader.readexactly(sum(sizes))
        self.requests.append(f"{method} {path}")
        trouble = "" if method == "GET" else self.trouble
        if trouble != "hang":
            writer.write(self._reply(trouble, method, path, json.loads(content or b"null")))
            await writer.drain()
            writer.close()
        else:
            # Until the caller hangs up.
            await reader.read()
            writer.close()

    def _reply(self, trouble: str, method: str, path: str, body: Any) -> bytes:
        answered: Answer = 200, {}
        if trouble == "error":
            answered = 500, {"error": "address already in use", "status": 500}
        elif trouble == "":
            answered = self.answer(method, path, body)
        status, answer = answered
        content = b"" if answer is None else json.dumps(answer).encode()
        if trouble == "nonsense":
            content = b"<html>"
        return f"HTTP/1.1 {status} -\r\nconnection: close\r\ncontent-length: {len(content)}\r\n\r\n".encode() + content


@contextlib.asynccontextmanager
async def fake_toxiproxy() -> AsyncIterator[FakeToxiproxy]:
    """One that serves on a port of its own until the block ends."""
    fake = FakeToxiproxy(port=0)
    server = await asyncio.start_server(fake.serve, "127.0.0.1", 0)
    async with server:
        fake.port = server.sockets[0].getsockname()[1]
        yield fake
