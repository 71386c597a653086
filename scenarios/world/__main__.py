"""``python -m scenarios.world``: one world as a process, until SIGTERM or SIGINT.

Exits 0 after a signal, 2 on a wrong command line, 3 when a port is taken (and names it).
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import os
import signal
import socket
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from harness.errors import AssayError, EnvironmentMissing, UsageError
from harness.stack.processes.process import RUN_ID_VARIABLE
from scenarios.world import SECRET_VARIABLE, world
from scenarios.world.serving import Settings, serving


def main(arguments: Sequence[str], environ: Mapping[str, str]) -> int:
    """Run a world. Returns the exit code.

    :param environ: ``WORLD_WEBHOOK_SECRET`` is read from it, so that no process list shows it.
    """
    options = _parser().parse_args(arguments)
    try:
        secret = environ.get(SECRET_VARIABLE)
        if not secret:
            raise UsageError(f"set {SECRET_VARIABLE}: the secret that signs the webhooks")
        settings = Settings(
            options.journal,
            options.attachments,
            options.webhook_url,
            secret,
            options.seed,
            environ.get(RUN_ID_VARIABLE),
        )
        with contextlib.ExitStack() as stack:
            sockets = {
                name: stack.enter_context(_bind(name, options.host, getattr(options, f"{name}_port")))
                for name in world.services
            }
            asyncio.run(_serve(settings, sockets))
    except AssayError as error:
        print(f"world: {error}", file=sys.stderr)
        return error.exit_code
    return 0


async def _serve(settings: Settings, sockets: Mapping[str, socket.socket]) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    async with serving(settings, sockets):
        await stop.wait()


def _bind(name: str, host: str, port: int) -> socket.socket:
    """A socket on this address of ours and this port.

    :raises EnvironmentMissing: another process has the port.
    """
    # Asyncio turns Nagle's algorithm off only where the protocol is named; with it every answer is 40 ms late.
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.setblocking(False)
    try:
        listener.bind((host, port))
        listener.listen()  # two worlds with SO_REUSEADDR may both bind; only one may listen
    except OSError as error:
        listener.close()
        raise EnvironmentMissing(
            f"port {port} ({name}) is taken: {error.strerror}; give another --{name}-port"
        ) from error
    return listener


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m scenarios.world", description="The world outside the application.")
    parser.add_argument("--journal", type=Path, required=True, help="the file that holds the durable record")
    parser.add_argument("--attachments", type=Path, required=True, help="the folder for what comes attached to mails")
    # Whoever reaches it can make it do anything. In a container of a private network it has to listen on more.
    parser.add_argument("--host", default="127.0.0.1", help="the address to listen on; default: %(default)s")
    for name in world.services:
        parser.add_argument(f"--{name}-port", type=_port, required=True, help="0 is not allowed")
    parser.add_argument("--webhook-url", required=True, help="where payments are announced")
    parser.add_argument("--seed", type=int, default=0, help="draws the errors of the knobs")
    return parser


def _port(text: str) -> int:
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= 65535:
        raise argparse.ArgumentTypeError(f"{text!r} is not a port; it must be in 1..65535")
    return int(text)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], os.environ))
