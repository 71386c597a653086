"""Docker, asked by its own command line: bounded, checked, with its own words in the error.

The command line and not a library, because it is needed anyway (compose is a part of it, and an attached container is
a process of it), and because it alone knows the user's contexts. One call takes some 20 ms. It is ``docker`` on PATH,
or what ``ASSAY_DOCKER_BIN`` names.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from harness.errors import EnvironmentMissing

TIMEOUT_SECONDS = 30.0
LINES_TOLD = 5
INSTALL = "apt-get install docker.io"
START = "start the daemon: `systemctl start docker`, or `dockerd` as root"


class DockerError(EnvironmentMissing):
    """Docker refused or did not answer in time."""


def docker_command() -> Path:
    """Docker's command line.

    :raises EnvironmentMissing: there is none.
    """
    chosen = os.environ.get("ASSAY_DOCKER_BIN")
    found = shutil.which(chosen or "docker")
    if found is None:
        lacking = f"ASSAY_DOCKER_BIN={chosen} is not an executable file" if chosen else "docker is not installed"
        raise EnvironmentMissing(
            f"{lacking}; `{INSTALL}` brings engine and command line, and the stack `full` needs no containers"
        )
    return Path(found)


def docker(
    *arguments: str,
    environment: Mapping[str, str] | None = None,
    standard_input: bytes = b"",
    timeout_seconds: float = TIMEOUT_SECONDS,
) -> str:
    """What ``docker ARGUMENTS`` prints.

    :param environment: variables on top of ours, for ``--env NAME`` and compose.
    :raises EnvironmentMissing: there is no docker, or it ended with another code than 0, or not in time.
    """
    try:
        answer = subprocess.run(
            [docker_command(), *arguments],
            capture_output=True,
            input=standard_input,
            env={**os.environ, "DOCKER_CLI_HINTS": "false", **(environment or {})},
            timeout=timeout_seconds,
        )
    except OSError as error:
        raise EnvironmentMissing(f"{docker_command()} cannot be run ({error.strerror}); `{INSTALL}` anew") from error
    except subprocess.TimeoutExpired as error:
        raise DockerError(
            f"`docker {_told(arguments)}` did not answer within {timeout_seconds:g} s; where `docker info` does not "
            "either, restart the daemon (`systemctl restart docker`)"
        ) from error
    if answer.returncode != 0:
        said = (answer.stderr or answer.stdout).decode(errors="replace")
        # The end of what it said: the step that failed stands there.
        told = "\n".join(said.strip().splitlines()[-LINES_TOLD:])
        raise DockerError(f"`docker {_told(arguments)}` exited with {answer.returncode}: {told}")
    return answer.stdout.decode(errors="replace")


def read(answer: str, *, asked: str) -> Any:
    """The JSON of an answer.

    :param asked: the command, for the error.
    :raises EnvironmentMissing: it is something else.
    """
    try:
        return json.loads(answer)
    except ValueError as error:
        trouble = f"printed no JSON but {answer.strip()[:200]!r}; is that Docker's own command line?"
        raise DockerError(f"`docker {asked}` {trouble}") from error


def daemon_version() -> str:
    """The version of the engine behind the command line.

    :raises EnvironmentMissing: the daemon does not answer; the message says how it is started.
    """
    try:
        return docker("version", "--format", "{{.Server.Version}}").strip()
    except DockerError as error:
        raise EnvironmentMissing(f"Docker's daemon does not answer ({error}); {START}") from error


def _told(arguments: Sequence[str]) -> str:
    """The command in an error, without what would make it a page."""
    words = [Path(word).name if word.startswith("/") else word for word in arguments]
    return " ".join(words[:6]) + (" …" if len(words) > 6 else "")
