"""The project's own modules on Python's path: in this process, and in every process that is started from it.

Beside the path such a process inherits that loopback addresses need no proxy.

Where it stands: `assay`, pytest and locust's ``listen`` call ``put_on_path`` before anything of the project is imported
by name; workers, services and replays get ``python_path`` of their version. So a project need not be installed.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path

from harness.config import load_config
from harness.errors import UsageError

VARIABLE = "PYTHONPATH"
NO_PROXY = ("NO_PROXY", "no_proxy")
EVERYTHING = "*"
"""Among other hosts it would be one that is called so."""
LOOPBACK = ("127.0.0.1", "localhost", "::1")
OURS = ("assay", "harness", "chaos")
"""The only names that a project's own packages cannot have."""


def put_on_path(start: Path) -> None:
    """Have Python find the modules of the project that ``start`` is in; outside of one, change nothing."""
    try:
        root = load_config(start).root
    except UsageError:
        return  # whoever needs the project says what is wrong
    places = _places(root)
    # Behind the script's own folder: locust empties the first place when it has read its file, whatever stands there.
    first, others = sys.path[:1], sys.path[1:]
    sys.path[:] = list(dict.fromkeys([*first, *places, *others]))
    os.environ.update({**python_path(root), **no_proxy(os.environ)})


def no_proxy(environment: Mapping[str, str]) -> Mapping[str, str]:
    """The variables by which no proxy gets what goes to this machine's loopback addresses, as all of a run does.

    Both ways to write them are in use, and each client reads one of them first.
    """
    if any(environment.get(name, "").strip() == EVERYTHING for name in NO_PROXY):
        return {}
    named = [host.strip() for name in NO_PROXY for host in environment.get(name, "").split(",") if host.strip()]
    return dict.fromkeys(NO_PROXY, ",".join(dict.fromkeys([*named, *LOOPBACK])))


def require_own_names(start: Path) -> None:
    """Refuse a project with a package called as one of ours: what is started in it would take that for ours.

    :raises UsageError: there is one; the message names the folder or file.
    """
    try:
        root = load_config(start).root
    except UsageError:
        return  # whoever needs the project says what is wrong
    for place in map(Path, _places(root)):
        files = (file for name in OURS for file in (place / name / "__init__.py", place / f"{name}.py"))
        found = [file for file in files if file.is_file()]
        if found and len(found) < len(OURS):  # a checkout of Assay has all of them
            hiding = " and ".join(str(file) for file in found)
            raise UsageError(f"{hiding}: Python would take this for a part of Assay; call it something else")


def python_path(folder: Path, without: Path | None = None) -> Mapping[str, str]:
    """The variable that has a process find the modules in a version's folder before those of the project.

    A program such as uvicorn does not look in the folder that it is started in, and nothing looks in its ``src``.

    :param without: a project whose modules are not to be found there; but a checkout of Assay is always needed.
    """
    places = _places(folder)
    hidden = [] if without is None or any((without / name).exists() for name in OURS) else _places(without)
    known = {*places, *hidden}
    inherited = [path for path in os.environ.get(VARIABLE, "").split(os.pathsep) if path and path not in known]
    return {VARIABLE: os.pathsep.join([*places, *inherited])}


def places_of(folder: Path) -> list[Path]:
    """The folders of a project in which its modules are."""
    return [place for place in (folder / "src", folder) if place.is_dir()]


def _places(folder: Path) -> list[str]:
    return [str(place) for place in places_of(folder)]
