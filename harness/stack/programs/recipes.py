"""The programs a stack is made of: which version is wanted, where it comes from, and how it is built.

Two more are here that no process of a stack is: actionlint, which the gate runs by ``harness.stack.programs.tool``, and
Docker's plug-in for compose files, which ``harness.stack.images.plug_in`` puts where Docker looks for it.

The versions of what is built are pinned a second time by ``go/<module>/go.sum``: a recipe names a package of such a
module, so its whole tree of dependencies is the one whose hashes are committed. A test holds both numbers together.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from harness.errors import HarnessDefect

MODULES = Path(__file__).parent / "go"
CHECKOUT = Path(__file__).parents[3]
"""The folder that holds the package ``harness``: this repository, or the environment that the wheel is installed in."""


@dataclass(frozen=True)
class Recipe:
    """How one program is built: a Go package of a committed module.

    ``module`` is the folder below ``harness/stack/programs/go``; ``link`` are further flags for the linker (``-X`` sets
    the version that a program prints, which its own release build does the same way).
    """

    module: str
    package: str
    tags: tuple[str, ...] = ()
    link: str = ""

    @property
    def folder(self) -> Path:
        """The module's folder, with go.mod and go.sum."""
        return MODULES / self.module


@dataclass(frozen=True)
class Program:
    """One program of a stack.

    :param version: the version that is built or that the wheel brings; every claim is tried on it.
    :param accepts: the line of versions that may stand in for it when it is found on PATH (``"1.32"`` takes 1.32.4).
    :param stacks: the stacks that need it; none for what only the gate runs.
    :param recipe: how it is built; ``None`` for what comes as a wheel.
    :param sits_with: the program in whose folder this one is: the parts of PostgreSQL must be of one version.
    """

    name: str
    version: str
    accepts: str
    stacks: frozenset[str]
    recipe: Recipe | None = None
    sits_with: str | None = None

    @property
    def variable(self) -> str:
        """The environment variable that names a copy of one's own."""
        return f"ASSAY_{self.name.upper().replace('-', '_')}_BIN"

    @property
    def mend(self) -> str:
        """The command that brings this program."""
        if self.recipe is None:
            return "make setup" if (CHECKOUT / "Makefile").is_file() else self._from_a_registry
        return "assay doctor --fix" if self.stacks else "make lint"

    @property
    def _from_a_registry(self) -> str:
        """The command where Assay is installed and no checkout is at hand."""
        extra = "" if "dev" in self.stacks else "[full]"
        return f"pip install --upgrade 'temporal-assay{extra}'"


STACKS = ("dev", "full")
BOTH, FULL, COMPOSE = frozenset(STACKS), frozenset({"full"}), frozenset({"compose"})

SERVER, TOXIPROXY, UI, POSTGRES, ACTIONLINT = "1.32.0", "2.12.0", "2.54.1", "18.6", "1.7.12"
DOCKER_COMPOSE = "2.40.3"
# As upstream builds it: without the tag, a dependency of the metrics client links an unused gRPC stack.
SERVER_TAGS = ("disable_grpc_modules",)
TOXIPROXY_VERSION = f"-X github.com/Shopify/toxiproxy/v2.Version={TOXIPROXY}"
COMPOSE_MODULE = "github.com/docker/compose/v2"
COMPOSE_VERSION = f"-X {COMPOSE_MODULE}/internal.Version=v{DOCKER_COMPOSE}"


def _server_part(name: str, package: str) -> Program:
    recipe = Recipe("temporal", f"go.temporal.io/server/cmd/{package}", SERVER_TAGS)
    return Program(name, SERVER, "1.32", FULL, recipe)


def _toxiproxy_part(name: str, package: str) -> Program:
    recipe = Recipe("toxiproxy", f"github.com/Shopify/toxiproxy/v2/cmd/{package}", link=TOXIPROXY_VERSION)
    return Program(name, TOXIPROXY, "2.12", FULL, recipe)


_ALL = (
    Program("temporal", "1.9.1", "1.9", BOTH),
    Program("postgres", POSTGRES, "18", FULL),
    *(Program(part, POSTGRES, "18", FULL, sits_with="postgres") for part in ("initdb", "pg_ctl", "pg_isready", "psql")),
    _toxiproxy_part("toxiproxy-server", "server"),
    _toxiproxy_part("toxiproxy-cli", "cli"),
    _server_part("temporal-server", "server"),
    _server_part("temporal-sql-tool", "tools/sql"),
    _server_part("tdbg", "tools/tdbg"),
    Program("temporal-ui-server", UI, "2", FULL, Recipe("ui", "github.com/temporalio/ui-server/v2/cmd/server")),
    Program(
        "docker-compose", DOCKER_COMPOSE, "2", COMPOSE, Recipe("compose", f"{COMPOSE_MODULE}/cmd", link=COMPOSE_VERSION)
    ),
    # Another version knows other actions and rules, so none stands in for it: the gate says the same everywhere.
    Program(
        "actionlint",
        ACTIONLINT,
        ACTIONLINT,
        frozenset(),
        Recipe("actionlint", "github.com/rhysd/actionlint/cmd/actionlint"),
    ),
)
PROGRAMS = {program.name: program for program in _ALL}


def program_called(name: str) -> Program:
    """The program of that name.

    :raises HarnessDefect: no stack has such a program.
    """
    if name not in PROGRAMS:
        raise HarnessDefect(f"no stack has a program called {name}; there are {', '.join(PROGRAMS)}")
    return PROGRAMS[name]


def programs_of(stack: str) -> tuple[Program, ...]:
    """The programs that one stack needs, in the order in which they are built."""
    return tuple(program for program in PROGRAMS.values() if stack in program.stacks)
