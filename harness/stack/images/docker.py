"""Docker's command line, as far as images need it: every call has a bound, every failure says what it means.

The command is ``docker`` on PATH, or what ``ASSAY_DOCKER_BIN`` names.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
from collections.abc import Iterable, Sequence
from pathlib import Path

from harness.errors import EnvironmentMissing

CALL_TIMEOUT_SECONDS = 60.0
BUILD_TIMEOUT_SECONDS = 900.0
INSTALL = "apt-get install docker.io"
START = "start the daemon: `systemctl start docker`, or `dockerd` as root"


def docker_command() -> Path:
    """Docker's command line.

    :raises EnvironmentMissing: there is none.
    """
    chosen = os.environ.get("ASSAY_DOCKER_BIN")
    found = shutil.which(chosen or "docker")
    if found is None:
        where = f"ASSAY_DOCKER_BIN={chosen} is not an executable file" if chosen else "there is no `docker` on PATH"
        raise EnvironmentMissing(f"{where}; `{INSTALL}` brings engine and command line")
    return Path(found)


def docker(
    arguments: Iterable[str], *, standard_input: bytes | None = None, timeout_seconds: float = CALL_TIMEOUT_SECONDS
) -> str:
    """Run Docker's command line and return what it printed.

    :raises EnvironmentMissing: there is no such command, it failed, or it took longer than ``timeout_seconds``.
    """
    words = [str(docker_command()), *arguments]
    answer = _run(words, standard_input, timeout_seconds)
    if answer.returncode != 0:
        said = (answer.stderr or answer.stdout).decode(errors="replace").strip()
        raise EnvironmentMissing(f"`docker {' '.join(words[1:3])}` failed: {_last(said)}")
    return answer.stdout.decode(errors="replace")


def daemon_version() -> str:
    """The version of the engine behind the command line.

    :raises EnvironmentMissing: the daemon does not answer; the message says how it is started.
    """
    try:
        return docker(["version", "--format", "{{.Server.Version}}"]).strip()
    except EnvironmentMissing as error:
        docker_command()
        raise EnvironmentMissing(f"Docker's daemon does not answer ({error}); {START}") from error


def labels_of(image: str) -> dict[str, str] | None:
    """The labels of a local image by name and tag; ``None`` when there is no such image.

    :raises EnvironmentMissing: the daemon does not answer.
    """
    number = image_id(image)
    if number is None:
        return None
    template = "{{range $name, $value := .Config.Labels}}{{$name}}={{$value}}\n{{end}}"
    lines = docker(["image", "inspect", "--format", template, number]).splitlines()
    return dict(line.split("=", 1) for line in lines if "=" in line)


def build_image(name: str, context: bytes, labels: dict[str, str], arguments: dict[str, str]) -> None:
    """Build an image from a context, a tar archive with its Dockerfile, without pulling anything.

    :raises EnvironmentMissing: the daemon does not answer, or a step of the Dockerfile failed.
    """
    words = ["build", "--quiet", "--force-rm", "--tag", name]
    words += [word for key, value in labels.items() for word in ("--label", f"{key}={value}")]
    words += [word for key, value in arguments.items() for word in ("--build-arg", f"{key}={value}")]
    docker([*words, "-"], standard_input=context, timeout_seconds=BUILD_TIMEOUT_SECONDS)


def image_id(image: str) -> str | None:
    """The number of a local image by name and tag; ``None`` when there is no such image.

    :raises EnvironmentMissing: the daemon does not answer.
    """
    listed = docker(["image", "ls", "--no-trunc", "--quiet", image]).split()
    return listed[0] if listed else None


def remove_image(number: str) -> None:
    """Remove an image that has no name any more, unless a container still uses it."""
    with contextlib.suppress(EnvironmentMissing):
        docker(["image", "rm", number])


def _run(words: Sequence[str], given: bytes | None, timeout_seconds: float) -> subprocess.CompletedProcess[bytes]:
    # The builder that every engine has; the other one is a plug-in, and asks a registry for images that are here.
    environment = {**os.environ, "DOCKER_BUILDKIT": "0", "DOCKER_CLI_HINTS": "false"}
    try:
        return subprocess.run(
            words,
            capture_output=True,
            env=environment,
            timeout=timeout_seconds,
            input=given if given is not None else b"",
        )
    except subprocess.TimeoutExpired as error:
        command = " ".join(words[:3])
        raise EnvironmentMissing(f"`{command}` did not answer within {timeout_seconds:g} s") from error


def _last(said: str) -> str:
    """The end of what a command said: the step that failed stands there."""
    return "\n".join(said.splitlines()[-5:])
