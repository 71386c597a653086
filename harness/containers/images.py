"""Which image a container is made of: the official one, what stands in for it, or an error that says what mends it.

Where it fits: each container asks here for its default. What stands in is built locally, under `assay.local`, where no
registry can be reached. An official image that is here comes first, then a stand-in, and only then is anything pulled.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

import docker
import docker.errors
from testcontainers.core.config import testcontainers_config
from testcontainers.core.docker_client import DockerClient

from harness.containers.missing import ContainersMissing
from harness.stack.images.table import IMAGES


class Images(Protocol):
    """What is asked of a daemon's images (`docker.models.images.ImageCollection`)."""

    def get(self, name: str) -> Any:
        """The local image; raises ``ImageNotFound``."""

    def pull(self, repository: str) -> Any:
        """Fetch it; raises ``APIError``."""


@dataclass(frozen=True)
class Engine:
    """A daemon that answers."""

    images: Images


def engine() -> Engine:
    """The daemon that testcontainers would use.

    :raises ContainersMissing: none answers.
    """
    try:
        client = DockerClient().client
        client.ping()
    except (docker.errors.DockerException, OSError) as error:
        where = "`docker info` says where it was looked for; start it (`systemctl start docker`), or set DOCKER_HOST"
        raise ContainersMissing(f"no Docker daemon answers: {error}; {where}") from error
    return Engine(client.images)


def image_called(name: str, images: Images | None = None) -> str:
    """The image of this name, of those in the table, which is on the daemon when this returns.

    :param images: those of the daemon; asked for when none are given.
    :raises ContainersMissing: no daemon answers, or there is no image and none can be pulled.
    """
    there = images or engine().images
    official, stand_in = IMAGES[name].reference, IMAGES[name].stand_in
    prefix = testcontainers_config.hub_image_name_prefix
    # A prefix is put before every image by testcontainers itself; who sets one has a registry.
    for reference in (official,) if prefix else (official, stand_in):
        if is_here(prefix + reference, there):
            return reference
    try:
        there.pull(prefix + official)
    except docker.errors.APIError as error:
        why = f"there is no image {prefix}{official}, and it cannot be pulled ({error.explanation or error})"
        mends = f"`docker pull {prefix}{official}` where a registry can be reached, `make images` builds {stand_in}"
        raise ContainersMissing(f"{why}; {mends}") from error
    return official


def is_here(reference: str, images: Images) -> bool:
    """Whether the daemon has this image."""
    try:
        images.get(reference)
    except docker.errors.ImageNotFound:
        return False
    return True
