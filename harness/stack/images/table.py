"""The images: what each is called officially, in which version, and what stands in for it where it cannot be pulled.

``compose/.env`` has the same names and tags for Docker; a test holds both together. Official names are those of the
projects' own releases: `temporalio/server`, `admin-tools`, `ui` and `temporal` (the command line, with the development
server), Docker's own `postgres` and `python`, and Toxiproxy's on GitHub's registry. `temporalio/auto-setup` is
deprecated and not among them.
"""

from __future__ import annotations

from dataclasses import dataclass

from harness.stack.programs.recipes import POSTGRES, SERVER, TOXIPROXY, UI, program_called

LOCAL = "assay.local"
STAND_IN = "assay.stand-in"
"""The label that every stand-in carries, and no official image."""


@dataclass(frozen=True)
class Image:
    """One image.

    :param name: the last part of the stand-in's name.
    :param official: the official name without tag; empty where there is none.
    :param tag: the official tag, which is the stand-in's too.
    :param what: what it is, for its label and for people.
    """

    name: str
    official: str
    tag: str
    what: str

    @property
    def reference(self) -> str:
        """The official name with its tag; the stand-in's where there is no official one."""
        return f"{self.official}:{self.tag}" if self.official else self.stand_in

    @property
    def stand_in(self) -> str:
        """The name and tag of what is built here."""
        return f"{LOCAL}/{self.name}:{self.tag}"


PYTHON = "3.11.14-slim-bookworm"
_ALL = (
    Image("debian", "", "12", "a small Debian root with BusyBox, which the other stand-ins rest on"),
    Image("postgres", "postgres", POSTGRES, "PostgreSQL"),
    Image("server", "temporalio/server", SERVER, "Temporal's server"),
    Image("admin-tools", "temporalio/admin-tools", SERVER, "Temporal's command line, its schema tool and tdbg"),
    Image("ui", "temporalio/ui", UI, "Temporal's UI"),
    Image("temporal", "temporalio/temporal", program_called("temporal").version, "Temporal's development server"),
    Image("toxiproxy", "ghcr.io/shopify/toxiproxy", TOXIPROXY, "Toxiproxy"),
    Image("python", "python", PYTHON, "a small Debian root with Python"),
    Image("app", "", "0.1.0", "the application: its API and its workers"),
)
IMAGES = {image.name: image for image in _ALL}
