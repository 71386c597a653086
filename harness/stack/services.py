"""The application's services beside its workers (its API): filled-in commands, started, waited for.

A service's command and readiness URL are texts with words in braces, which are filled from the environment that the
process gets: ``{python}`` is this interpreter, ``{TRAF3LI_API_ADDRESS}`` the address that the stack chose for it.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import httpx

from harness.application.contract import Service
from harness.errors import EnvironmentMissing, UsageError
from harness.poll import eventually
from harness.stack.processes.process import ManagedProcess, Processes, last_lines


def fill(text: str, environment: Mapping[str, str]) -> str:
    """Replace each ``{WORD}`` by the environment's value.

    :raises UsageError: a word that the environment does not have.
    """
    try:
        return text.format_map({"python": sys.executable, **environment})
    except KeyError as error:
        raise UsageError(f"{text!r} needs {error.args[0]}, which the environment does not set") from error


async def start_service(
    service: Service, processes: Processes, *, environment: Mapping[str, str], folder: Path
) -> ManagedProcess:
    """Start one service of the application and wait until its URL answers 200.

    :raises EnvironmentMissing: it ended or was not ready within 30 s; the end of its log is in the message.
    """
    command = [fill(word, environment) for word in service.command]
    process = await processes.start(service.name, command, environment=environment, folder=folder)
    await wait_until_ready(process, fill(service.ready_url, environment))
    return process


async def wait_until_ready(process: ManagedProcess, url: str, *, timeout_seconds: float = 30.0) -> None:
    """Wait until ``url`` answers 200, as long as the process lives.

    :raises EnvironmentMissing: the process ended, or the time ran out.
    """
    async with httpx.AsyncClient(timeout=2.0, trust_env=False, verify=False) as client:

        async def probe() -> bool:
            if not process.alive:
                raise EnvironmentMissing(f"{process.name} ended before it was ready:\n{last_lines(process.log)}")
            return (await client.get(url)).status_code == 200

        await eventually(
            probe,
            what=f"{process.name} to answer {url} (log: {process.log})",
            timeout_seconds=timeout_seconds,
            ignore=(httpx.HTTPError,),
        )


def addresses_wanted(services: Sequence[Service], environment: Mapping[str, str]) -> list[str]:
    """The ``..._ADDRESS`` words that the services name and nobody has set yet: the stack gives each a free port."""
    words: list[str] = []
    for service in services:
        for text in (*service.command, service.ready_url):
            for part in text.split("{")[1:]:
                word = part.split("}")[0]
                if word.endswith("_ADDRESS") and word not in environment and word not in words:
                    words.append(word)
    return words
