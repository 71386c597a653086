"""One server for all test processes: started when the first test asks, stopped by the process the user started.

pytest-xdist runs session fixtures once per worker process, so a worker must not start what all of them share. The
broker lives in the process that owns the workers (with ``-n 0`` in the only one), on a thread with an event loop of its
own. Workers ask it over loopback for a service by name and get its address; the first question starts the service,
``close`` stops it. Not covered: services that die under way; the tests that use them then fail by themselves.
"""

from __future__ import annotations

import asyncio
import hmac
import json
import secrets
import socket
import threading
from collections.abc import Callable, Coroutine, Mapping
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from typing import Any, TypeVar

from harness.errors import EnvironmentMissing

Value = TypeVar("Value")
Service = Callable[[], AbstractAsyncContextManager[str]]
"""Starts something and gives its address; leaving the context stops it."""

ANSWER_TIMEOUT_SECONDS = 60.0


class Broker:
    """Starts each of the given services at most once and tells its address to whoever has the ticket."""

    def __init__(self, services: Mapping[str, Service]) -> None:
        self._services = services
        self._token = secrets.token_hex(16)
        self._started: dict[str, asyncio.Task[str]] = {}
        self._stack = AsyncExitStack()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="broker", daemon=True)
        self._thread.start()
        self._port = self._call(self._listen())

    @property
    def ticket(self) -> str:
        """What ``ask`` needs to reach this broker. Text, so that it can be handed to another process."""
        return f"{self._port} {self._token}"

    def close(self) -> None:
        """Stop what was started, the youngest first, and end the thread."""
        try:
            self._call(self._stop())
        finally:
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join()
            self._loop.close()

    def _call(self, work: Coroutine[Any, Any, Value]) -> Value:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result()

    async def _listen(self) -> int:
        server = await asyncio.start_server(self._answer, "127.0.0.1", 0)
        self._stack.callback(server.close)
        return int(server.sockets[0].getsockname()[1])

    async def _stop(self) -> None:
        for starting in self._started.values():
            starting.cancel()
        await asyncio.gather(*self._started.values(), return_exceptions=True)
        await self._stack.aclose()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection: a line with token and name; a line of JSON back. A stranger gets no answer."""
        token, _, name = (await reader.readline()).decode(errors="replace").strip().partition(" ")
        if hmac.compare_digest(token.encode(), self._token.encode()):
            try:
                answer = {"address": await asyncio.shield(self._start_once(name))}
            except Exception as error:  # whatever it is, the test that asked reports it
                answer = {"error": f"{type(error).__name__}: {error}"}
            writer.write(json.dumps(answer).encode() + b"\n")
        writer.close()

    def _start_once(self, name: str) -> asyncio.Task[str]:
        # The task is kept when it fails too: the second test learns at once what the first one waited for.
        if name not in self._started:
            self._started[name] = asyncio.create_task(self._start(name))
        return self._started[name]

    async def _start(self, name: str) -> str:
        return await self._stack.enter_async_context(self._services[name]())


def ask(ticket: str, name: str) -> str:
    """The address of the service ``name``, which is started if nobody has asked for it yet.

    :param ticket: ``Broker.ticket``, of a broker in this process or in another one of this host.
    :raises EnvironmentMissing: the service could not be started, or the broker has ended.
    """
    port, _, token = ticket.partition(" ")
    try:
        with socket.create_connection(("127.0.0.1", int(port)), timeout=ANSWER_TIMEOUT_SECONDS) as connection:
            connection.sendall(f"{token} {name}\n".encode())
            line = connection.makefile("rb").readline()
    except OSError as error:
        raise EnvironmentMissing(f"no answer from the broker about {name!r}: {error}") from error
    answer = json.loads(line or b'{"error": "the broker has ended"}')
    if "error" in answer:
        raise EnvironmentMissing(f"the shared {name!r} could not be started: {answer['error']}")
    return str(answer["address"])
