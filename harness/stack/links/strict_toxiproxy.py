"""A client of Toxiproxy that is not the engine's own: `toxiproxy-python` behind a consumer that lets nothing pass.

    toxiproxy = strict_toxiproxy("127.0.0.1:8474")
    with toxiproxy.get_proxy("server-postgres").down():
        ...

Where it fits: `harness.stack.links.read_back` reads through it what the engine's client has done to a link, and people
who make chaos by hand write with it. The package takes an answer of 500 for a success, waits without end, and keeps the
address in a class, so one for a whole process. Here its classes are copied for each instance and look up its names
there: what the package does stays its own code, what it sends and believes does not.
"""

from __future__ import annotations

import contextlib
import functools
import json
import socket
import types
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import quote, urlsplit

from harness.errors import EnvironmentMissing, UsageError
from harness.stack.links.strict_types import StrictToxiproxy
from harness.stack.links.toxiproxy_api import CONNECT_TIMEOUT_SECONDS, TIMEOUT_SECONDS, ToxiproxyError

if TYPE_CHECKING:
    import requests

PROXY_FIELDS = ("name", "listen", "upstream", "enabled")
TOXIC_FIELDS = ("name", "type", "stream", "toxicity", "attributes")


def strict_toxiproxy(address: str, *, timeout_seconds: float = TIMEOUT_SECONDS) -> StrictToxiproxy:
    """`toxiproxy-python`'s `Toxiproxy` for the server at ``address``, which raises whenever something did not work.

    It blocks: in asyncio call it in a thread. Nothing is sent yet, and no proxy of the environment is used, ever.

    :param address: "127.0.0.1:8474", also with "http://" before it.
    :param timeout_seconds: the bound on each wait for the server; connecting may take 2 s of it.
    :raises UsageError: that is no address.
    :raises EnvironmentMissing: `toxiproxy-python` is not installed.
    """
    url = urlsplit(address if "//" in address else f"//{address}")
    try:
        host, port = url.netloc.rpartition(":")[0], url.port
    except ValueError:
        host, port = "", None
    if not host or not port or url.scheme not in ("", "http") or url.path.strip("/"):
        raise UsageError(f"{address!r} is no address of a Toxiproxy; give one such as 127.0.0.1:8474")
    try:
        import toxiproxy
        from toxiproxy.api import APIConsumer
    except ImportError as error:
        needs = f"strict_toxiproxy needs the extra `toxiproxy`: pip install 'temporal-assay[toxiproxy]' ({error})"
        raise EnvironmentMissing(needs) from error
    sender = _Sender(timeout_seconds)
    consumer: Any = _rebound(APIConsumer, {"requests": sender, "validate_response": lambda response: response})
    consumer.host, consumer.port = host, port
    proxy = _rebound(toxiproxy.Proxy, {"APIConsumer": consumer})
    there = functools.partial(_listens, timeout_seconds=min(CONNECT_TIMEOUT_SECONDS, timeout_seconds))
    server = _rebound(toxiproxy.Toxiproxy, {"APIConsumer": consumer, "Proxy": proxy, "can_connect_to": there})

    def get_proxy(self: object, proxy_name: str) -> Any:
        # The package lists all of them, which one that is stuck answers no more.
        try:
            return proxy(**consumer.get(f"/proxies/{quote(proxy_name, safe='')}").json())
        except ToxiproxyError as error:
            if error.status == 404:
                return None
            raise

    strict = {
        "get_proxy": get_proxy,
        "version": lambda self: str(consumer.get("/version").json()["version"]),
        "destroy": lambda self, victim: victim.destroy(),
    }
    return cast(StrictToxiproxy, type("StrictToxiproxy", (server,), strict)())


class _Sender:
    """Stands where the package looks for the module `requests`, and sends what it is told to."""

    def __init__(self, timeout_seconds: float) -> None:
        self._timeout_seconds = min(CONNECT_TIMEOUT_SECONDS, timeout_seconds), timeout_seconds

    def get(self, url: str, **options: Any) -> requests.Response:
        return self._send("GET", url, **options)

    def post(self, url: str, **options: Any) -> requests.Response:
        return self._send("POST", url, **options)

    def delete(self, url: str, **options: Any) -> requests.Response:
        return self._send("DELETE", url, **options)

    def _send(self, method: str, url: str, **options: Any) -> requests.Response:
        """:raises ToxiproxyError: no answer in time, one that is not 2xx, or one that is not what was asked for."""
        import requests

        asked = f"{method} {url}" + (f" {json.dumps(options['json'])}" if options.get("json") is not None else "")
        try:
            with requests.Session() as session:
                # Neither proxies of the environment nor redirects: what is not Toxiproxy itself must not answer.
                session.trust_env = False
                timeout = self._timeout_seconds
                response = session.request(method, url, timeout=timeout, allow_redirects=False, **options)
        except requests.Timeout as error:
            raise ToxiproxyError(f"no answer in time ({type(error).__name__})", asked=asked) from error
        except requests.RequestException as error:
            raise ToxiproxyError(f"no answer: {error!r}", asked=asked) from error
        status, words = response.status_code, response.text.strip()
        if not 200 <= status < 300:
            raise ToxiproxyError(f"answered {status}: {words or '(no body)'}", asked=asked, status=status, body=words)
        if not _fits(method, urlsplit(url).path, response):
            trouble = f"answered {status} with something else: {words[:200]!r}"
            raise ToxiproxyError(trouble, asked=asked, status=status, body=words)
        return response


def _fits(method: str, path: str, response: requests.Response) -> bool:
    """Whether the answer has what the package will look for in it."""
    words = path.strip("/").split("/")
    if method == "DELETE" or words == ["reset"]:
        return True
    try:
        answer = response.json()
    except ValueError:
        return False
    match method, words:
        case "GET", ["version"]:
            return _has(answer, ("version",))
        case "GET", ["proxies"]:
            return isinstance(answer, dict) and all(_has(proxy, PROXY_FIELDS) for proxy in answer.values())
        case "GET", ["proxies", _, "toxics"]:
            return isinstance(answer, list) and all(_has(toxic, TOXIC_FIELDS) for toxic in answer)
        case _, ["proxies", _, "toxics"]:
            return _has(answer, TOXIC_FIELDS)
    return _has(answer, PROXY_FIELDS)


def _has(answer: object, names: tuple[str, ...]) -> bool:
    return isinstance(answer, dict) and answer.keys() >= set(names)


def _listens(host: str, port: int, *, timeout_seconds: float) -> bool:
    try:
        socket.create_connection((host.strip("[]"), port), timeout_seconds).close()
    except OSError:
        return False
    return True


def _rebound(kind: type, names: Mapping[str, Any]) -> type:
    """A class like this one whose functions look these names up before they look in their module."""

    def copied(member: Any) -> Any:
        if isinstance(member, classmethod):
            return classmethod(copied(member.__func__))
        if inner := getattr(member, "__wrapped__", None):
            return contextlib.contextmanager(copied(inner))  # the one decorator that the package uses
        function = cast(types.FunctionType, member)
        copy: Callable[..., Any] = types.FunctionType(
            function.__code__, {**function.__globals__, **names}, function.__name__, function.__defaults__
        )
        return copy

    members = {n: copied(m) for n, m in vars(kind).items() if isinstance(m, types.FunctionType | classmethod)}
    return type(kind.__name__, (kind,), members)
