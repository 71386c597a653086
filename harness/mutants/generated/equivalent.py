"""The reviewed file of changes that change nothing: `equivalent.toml` beside the patches, name → reason.

Data flow: `scenarios/<family>/mutants/equivalent.toml` → **equivalent** → ``score``, which counts them apart.
"""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Mapping
from pathlib import Path

from harness.config import ProjectConfig
from harness.errors import UsageError

FILE = "equivalent.toml"


def read_equivalents(config: ProjectConfig) -> dict[str, str]:
    """Name of the mutant → why nobody could tell it from the application, of all families.

    :raises UsageError: a file is not TOML, an entry has no reason, or a name stands in two files; all of it together.
    """
    found: dict[str, str] = {}
    problems: list[str] = []
    for file in sorted(config.root.glob(f"{config.mutants}/{FILE}")):
        for name, reason in _read(file).items():
            if not isinstance(reason, str):
                problems.append(f'{file}: {name} must be "name" = "reason", the name in quotes')
            elif not reason.strip():
                problems.append(f"{file}: {name} has no reason; say why nobody can tell it from the application")
            elif name in found:
                problems.append(f"{file}: {name} stands in another file of the project, too; keep one")
            else:
                found[name] = reason.strip()
    if problems:
        raise UsageError("; ".join(problems))
    return found


def refuse_stale(equivalents: Mapping[str, str], possible: Collection[str]) -> None:
    """See that each entry is still a change that could be drawn.

    :param possible: the names of all changes of the application, drawn or not.
    :raises UsageError: one is not: its lines were changed, and what was found out of them has to be found out again.
    """
    if stale := sorted(equivalents.keys() - set(possible)):
        raise UsageError(
            f"{FILE} names what is no change of the application (any more): {', '.join(stale)}; "
            "take it out, or review the change that stands there now"
        )


def _read(file: Path) -> Mapping[str, object]:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UsageError(f"{file}: not valid TOML: {error}") from error
