"""What this machine has of the stack `compose`: engine, daemon, plug-in, images; ``assay doctor`` shows it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from harness.errors import EnvironmentMissing
from harness.stack.docker import INSTALL, START, daemon_version, docker_command
from harness.stack.images.local import labels_of
from harness.stack.images.plug_in import MEND, NAME, compose_version
from harness.stack.images.table import IMAGES, STAND_IN, Image
from harness.stack.programs.binaries import version_of
from harness.stack.programs.diagnosis import Diagnosis, Finding, State, diagnose
from harness.stack.programs.recipes import CHECKOUT, program_called

STACK = "compose"
NEEDED = ("postgres", "server", "admin-tools", "ui", "toxiproxy", "app")
"""Without `temporal`, which starts a development server, and `python`, which only building `app` needs."""


def diagnose_containers(checkout: Path = CHECKOUT) -> Diagnosis:
    """Look for everything that the stack `compose` needs."""
    programs = tuple(_engine(checkout))
    return Diagnosis(STACK, programs, diagnose(STACK).surroundings)


def _engine(checkout: Path) -> Iterator[Finding]:
    client = _finding("docker", lambda: version_of(docker_command()) or "", INSTALL)
    yield client
    if client.state is not State.OK:
        return
    daemon = _finding("docker daemon", daemon_version, START)
    yield daemon
    yield _finding(NAME, compose_version, MEND, wanted=program_called(NAME).version)
    compose = checkout / "compose" / "compose.yaml"
    if not compose.is_file():
        yield Finding("compose files", State.MISSING, place=f"no {compose}", mend="work in a checkout of Assay")
    for name in NEEDED if daemon.state is State.OK else ():
        yield _image(IMAGES[name])


def _finding(subject: str, look: Callable[[], str], mend: str, *, wanted: str = "") -> Finding:
    try:
        return Finding(subject, State.OK, look())
    except EnvironmentMissing as error:
        return Finding(subject, State.MISSING, wanted, str(error).splitlines()[0].rsplit("; ", 1)[0], mend)


def _image(image: Image) -> Finding:
    for name in dict.fromkeys((image.reference, image.stand_in)):
        labels = labels_of(name)
        if labels is not None:
            remark = " (a stand-in)" if STAND_IN in labels and image.official else ""
            return Finding(f"image {image.name}", State.OK, image.tag, name + remark)
    mend = f"docker pull {image.reference}, or make images" if image.official else "make images"
    return Finding(f"image {image.name}", State.MISSING, image.tag, "neither pulled nor built", mend)
