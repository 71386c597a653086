"""Which images a stack of containers runs: the official ones where all are here, and stand-ins otherwise.

Nothing is pulled by a run: what it tries is decided before it starts, and a registry that is slow or away decides
nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from harness.errors import EnvironmentMissing
from harness.stack.containers.engine import images_here
from harness.stack.containers.parts import SERVICES, TOXIPROXY_POSTGRES, app_image, compose_folder, files_of
from harness.stack.docker import docker, read

STAND_IN = "assay.stand-in"
APP = "app"


@dataclass(frozen=True)
class Images:
    """The files to lay over each other, and the images that are not in them or are wanted by themselves.

    ``ids`` are those of all images that run, by name.
    """

    files: Sequence[Path]
    app: str
    toxiproxy: str
    stand_ins: Sequence[str] = ()
    ids: Mapping[str, str] = field(default_factory=dict)


def choose_images(folder: Path, app: str) -> Images:
    """What to run of the files in ``folder``, and ``app`` for the application.

    :raises EnvironmentMissing: images are missing; the message names them and the command that brings them.
    """
    lacking: list[str] = []
    for stand_ins in (False, True):
        files = files_of(folder, stand_ins=stand_ins)
        if not all(file.is_file() for file in files):
            continue
        named = _images_in(files)
        wanted = [*named.values(), app]
        here = images_here(wanted)
        if not (missing := [image for image in wanted if image not in here]):
            standing_in = wanted if stand_ins else [app]
            return Images(files, app, named[SERVICES[TOXIPROXY_POSTGRES]], standing_in, here)
        lacking.append(", ".join(dict.fromkeys(missing)))
    raise EnvironmentMissing(
        f"images are missing: {' (or, as stand-ins: '.join(lacking)}{')' * (len(lacking) - 1)}; "
        "`make images` builds stand-ins and the application's, "
        f"`docker compose --file {folder / 'compose.yaml'} pull` gets the official ones"
    )


def image_versions(root: Path) -> Mapping[str, str]:
    """Image → its id, of all that the stack of the project in ``root`` runs; what is missing is said at bring up."""
    try:
        return {
            name: f"image {number}" for name, number in choose_images(compose_folder(root), app_image()).ids.items()
        }
    except EnvironmentMissing:
        return {}


def _images_in(files: Sequence[Path]) -> dict[str, str]:
    """Service → image, of the services that the stack takes."""
    words = [word for file in files for word in ("--file", str(file))]
    config = docker("compose", "--project-name", "assay", *words, "config", "--format", "json")
    merged = read(config, asked="compose config")
    return {name: each["image"] for name, each in merged["services"].items() if name in SERVICES.values()}
