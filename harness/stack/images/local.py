"""The images of the local engine: looked at, built, removed."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping

from harness.errors import EnvironmentMissing
from harness.stack.docker import docker

BUILD_TIMEOUT_SECONDS = 900.0
CLASSIC: Mapping[str, str] = {"DOCKER_BUILDKIT": "0"}
"""The builder that every engine has; the other one is a plug-in, and asks a registry for images that are here."""


def labels_of(image: str) -> dict[str, str] | None:
    """The labels of a local image by name and tag; ``None`` when there is no such image.

    :raises EnvironmentMissing: the daemon does not answer.
    """
    number = image_id(image)
    if number is None:
        return None
    template = "{{range $name, $value := .Config.Labels}}{{$name}}={{$value}}\n{{end}}"
    lines = docker("image", "inspect", "--format", template, number).splitlines()
    return dict(line.split("=", 1) for line in lines if "=" in line)


def build_image(name: str, context: bytes, labels: dict[str, str], arguments: dict[str, str]) -> None:
    """Build an image from a context, a tar archive with its Dockerfile, without pulling anything.

    :raises EnvironmentMissing: the daemon does not answer, or a step of the Dockerfile failed.
    """
    words = ["build", "--quiet", "--force-rm", "--tag", name]
    words += [word for key, value in labels.items() for word in ("--label", f"{key}={value}")]
    words += [word for key, value in arguments.items() for word in ("--build-arg", f"{key}={value}")]
    docker(*words, "-", environment=CLASSIC, standard_input=context, timeout_seconds=BUILD_TIMEOUT_SECONDS)


def image_id(image: str) -> str | None:
    """The number of a local image by name and tag; ``None`` when there is no such image.

    :raises EnvironmentMissing: the daemon does not answer.
    """
    listed = docker("image", "ls", "--no-trunc", "--quiet", image).split()
    return listed[0] if listed else None


def remove_image(number: str) -> None:
    """Remove an image that has no name any more, unless a container still uses it."""
    with contextlib.suppress(EnvironmentMissing):
        docker("image", "rm", number)
