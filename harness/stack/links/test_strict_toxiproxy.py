"""`toxiproxy-python` made strict: against servers on real sockets that answer wrongly, late, or not at all."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
import toxiproxy
from toxiproxy.api import APIConsumer

from harness.errors import UsageError
from harness.stack.links.strict_toxiproxy import strict_toxiproxy
from harness.stack.links.strict_types import StrictProxy, StrictToxiproxy
from harness.stack.links.toxiproxy_api import ToxiproxyError

BOOKS = {"name": "books", "listen": "127.0.0.1:15432", "upstream": "127.0.0.1:5432", "enabled": True, "toxics": []}
LATENCY = {"name": "slow", "type": "latency", "stream": "upstream", "toxicity": 1.0, "attributes": {"latency": 5}}


@dataclass
class Server:
    """Answers all requests alike, or as Toxiproxy does; ``asked`` is what came in."""

    port: int = 0
    status: int = 0
    content: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    silent: bool = False
    over: threading.Event = field(default_factory=threading.Event)
    asked: list[str] = field(default_factory=list)

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.port}"

    def client(self) -> StrictToxiproxy:
        return strict_toxiproxy(self.address, timeout_seconds=30.0)

    def answer(self, method: str, path: str) -> tuple[int, Any]:
        match method, path.strip("/").split("/"):
            case "GET", ["version"]:
                return 200, {"version": "2.12.0"}
            case "GET", ["proxies"]:
                return 200, {"books": BOOKS}
            case "GET" | "POST", ["proxies", "books"]:
                return 200, BOOKS
            case "GET", ["proxies", "books", "toxics"]:
                return 200, [LATENCY]
            case "POST", ["proxies", "books", "toxics"]:
                return 200, LATENCY
            case "POST", ["proxies"]:
                return 201, {**BOOKS, "name": "new"}
            case ("POST", ["reset"]) | ("DELETE", ["proxies", "books", *_]):
                return 204, None
        return 404, {"error": "proxy not found", "status": 404}


@contextmanager
def serving(server: Server) -> Iterator[Server]:
    class Handler(BaseHTTPRequestHandler):
        def handle_one(self) -> None:
            server.asked.append(f"{self.command} {self.path}")
            self.rfile.read(int(self.headers.get("content-length", "0")))
            if server.silent:
                server.over.wait(60.0)
                return
            status, answer = (server.status, None) if server.status else server.answer(self.command, self.path)
            content = (server.content if answer is None else json.dumps(answer)).encode()
            self.send_response(status)
            for name, value in {**server.headers, "content-length": f"{len(content)}"}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST = do_DELETE = handle_one

        def log_message(self, format: str, *args: object) -> None:
            """Not into the tests' output."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as listening:
        server.port = listening.server_port
        thread = threading.Thread(target=listening.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield server
        finally:
            server.over.set()
            listening.shutdown()
            thread.join()


@pytest.fixture
def server() -> Iterator[Server]:
    with serving(Server()) as one:
        yield one


SERVER_CALLS: dict[str, Callable[[StrictToxiproxy], object]] = {
    "version": lambda client: client.version(),
    "proxies": lambda client: client.proxies(),
    "get_proxy": lambda client: client.get_proxy("books"),
    "create": lambda client: client.create("127.0.0.1:5433", "new"),
    "populate": lambda client: client.populate([{"name": "new", "upstream": "127.0.0.1:5433"}]),
    "reset": lambda client: client.reset(),
    "destroy_all": lambda client: client.destroy_all(),
}
PROXY_CALLS: dict[str, Callable[[StrictProxy], object]] = {
    "disable": lambda proxy: proxy.disable(),
    "enable": lambda proxy: proxy.enable(),
    "add_toxic": lambda proxy: proxy.add_toxic(type="latency", attributes={"latency": 5}),
    "toxics": lambda proxy: proxy.toxics(),
    "get_toxic": lambda proxy: proxy.get_toxic("slow"),
    "destroy_toxic": lambda proxy: proxy.destroy_toxic("slow"),
    "destroy": lambda proxy: proxy.destroy(),
}


@pytest.fixture
def books(server: Server) -> StrictProxy:
    """A proxy that was read while all was well."""
    proxy = server.client().get_proxy("books")
    assert proxy is not None
    return proxy


def make(call: str, server: Server, books: StrictProxy) -> object:
    return SERVER_CALLS[call](server.client()) if call in SERVER_CALLS else PROXY_CALLS[call](books)


def _be_impatient(books: Any) -> None:
    """Its client could read it however busy the machine was; from now on it waits for nobody."""
    consumer = books.disable.__func__.__globals__["APIConsumer"]
    consumer.get.__func__.__globals__["requests"]._timeout_seconds = (0.1, 0.1)


EVERY_CALL = pytest.mark.parametrize("call", [*SERVER_CALLS, *PROXY_CALLS])


@EVERY_CALL
def test_an_answer_of_500_raises_with_the_words_of_the_server(server: Server, books: StrictProxy, call: str) -> None:
    server.status, server.content = 500, "address already in use"
    with pytest.raises(ToxiproxyError, match="answered 500: address already in use") as caught:
        make(call, server, books)
    assert caught.value.status == 500


@EVERY_CALL
def test_a_server_that_never_answers_is_given_up(server: Server, books: StrictProxy, call: str) -> None:
    server.silent = True
    client = strict_toxiproxy(server.address, timeout_seconds=0.1)
    _be_impatient(books)
    with pytest.raises(ToxiproxyError, match="no answer in time"):
        SERVER_CALLS[call](client) if call in SERVER_CALLS else PROXY_CALLS[call](books)


@EVERY_CALL
@pytest.mark.parametrize("content", ["<html>", "", "[]", "{}", '{"books": {}}'])
def test_an_answer_of_something_else_raises_or_says_nothing(
    server: Server, books: StrictProxy, call: str, content: str
) -> None:
    """Of an answer that nobody looks into nothing is wanted; an empty table of proxies is one."""
    server.status, server.content = 200, content
    empty = {"{}": ("proxies", "destroy_all"), "[]": ("toxics", "get_toxic")}.get(content, ())
    if call in ("reset", "destroy", "destroy_toxic", *empty):
        make(call, server, books)
        return
    with pytest.raises(ToxiproxyError, match="answered 200 with something else"):
        make(call, server, books)


@pytest.mark.parametrize(("status", "headers"), [(302, {"location": "http://127.0.0.1:1/"}), (503, {}), (409, {})])
def test_every_other_status_raises(server: Server, books: StrictProxy, status: int, headers: dict[str, str]) -> None:
    server.status, server.headers = status, headers
    with pytest.raises(ToxiproxyError, match=rf"answered {status}: \(no body\)"):
        books.disable()
    assert books.enabled


def test_what_works_works_as_the_package_says(server: Server, books: StrictProxy) -> None:
    client = server.client()
    assert (client.version(), client.running(), list(client.proxies())) == ("2.12.0", True, ["books"])
    assert client.get_proxy("moon") is None
    toxic = books.get_toxic("slow")
    assert toxic is not None
    assert (toxic.type, toxic.attributes) == ("latency", {"latency": 5})
    server.asked.clear()
    with books.down() as down:
        assert not down.enabled
    assert books.enabled
    assert server.asked == ["POST /proxies/books"] * 2
    assert client.create("127.0.0.1:5433", "new").name == "new"
    assert client.destroy(books)
    assert isinstance(books, toxiproxy.Proxy)


def test_a_name_is_quoted(server: Server) -> None:
    assert server.client().get_proxy("books/toxics?x") is None
    assert server.asked == ["GET /proxies/books%2Ftoxics%3Fx"]


def test_each_has_its_own_server_and_the_package_keeps_its_own(server: Server) -> None:
    before = APIConsumer.host, APIConsumer.port
    with serving(Server()) as other:
        first, second = server.client(), other.client()
        first.get_proxy("one")
        second.get_proxy("two")
        first.get_proxy("three")
        assert server.asked == ["GET /proxies/one", "GET /proxies/three"]
        assert other.asked == ["GET /proxies/two"]
    assert (APIConsumer.host, APIConsumer.port) == before


def test_no_proxy_of_the_environment_is_used(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as nobody:
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{nobody.getsockname()[1]}")
        monkeypatch.delenv("NO_PROXY", raising=False)
        monkeypatch.delenv("no_proxy", raising=False)
        assert server.client().version() == "2.12.0"


def test_where_nobody_listens_that_is_said() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
    client = strict_toxiproxy(f"http://127.0.0.1:{port}/")
    assert not client.running()
    with pytest.raises(ToxiproxyError, match=f"GET http://127.0.0.1:{port}/version: no answer"):
        client.version()


@pytest.mark.parametrize(
    "address", ["", "8474", "127.0.0.1", "127.0.0.1:0", "127.0.0.1:moon", "https://127.0.0.1:1", "127.0.0.1:1/proxies"]
)
def test_what_is_no_address_is_refused(address: str) -> None:
    with pytest.raises(UsageError, match=r"give one such as 127\.0\.0\.1:8474"):
        strict_toxiproxy(address)
