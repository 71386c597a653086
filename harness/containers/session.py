"""What the containers of one process share: a daemon that answers, a network, and somebody who cleans up after them."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

import docker.errors
from testcontainers.core.config import testcontainers_config
from testcontainers.core.network import Network

from harness.containers.images import Images, engine, is_here
from harness.containers.owner import is_abandoned, labels, remove_of
from harness.containers.watchdog import watchdog


@contextlib.contextmanager
def container_session() -> Iterator[Network]:
    """A network on which containers find each other by their aliases; at the end nothing of this process is left.

    Before anything else it removes what sessions that were killed have left behind.

    :raises ContainersMissing: no Docker daemon answers.
    """
    images = engine().images
    remove_of(is_abandoned)
    do_without_reaper(images)
    with watchdog(), Network(docker_network_kw={"labels": labels()}) as network:
        yield network


def do_without_reaper(images: Images) -> None:
    """Have testcontainers do without its reaper where the image of that is not here and cannot be pulled.

    It would be started before the first container, and its failure would be the container's.
    """
    config = testcontainers_config
    image = config.hub_image_name_prefix + config.ryuk_image
    if config.ryuk_disabled or is_here(image, images):
        return
    try:
        images.pull(image)
    except docker.errors.APIError:
        config.ryuk_disabled = True
