"""`[tool.assay]` of pyproject.toml, parsed once at the edge into a frozen value.

The table holds names only: which module is the application, which the world, what makes sample data, what measures,
where the claims, faults and mutants are. The engine imports what these names say, so no arrow of the house points
upward.
"""

from __future__ import annotations

import dataclasses
import tomllib
from dataclasses import dataclass
from pathlib import Path

from harness.errors import UsageError
from harness.names import nearest_first


@dataclass(frozen=True)
class ProjectConfig:
    """Where the parts of one project are.

    ``root`` is the folder of pyproject.toml. ``app``, ``world``, ``scenarios``, ``faults``, ``generator``, ``benches``,
    ``load`` and ``simulated`` are module names; ``mutants`` is a folder below the root, or a
    pattern for several (``scenarios/*/mutants``), and ``histories`` likewise, with the histories that the replay gate
    demands the code to go on with; ``runs`` is where run directories go. ``vital`` are patterns, with
    spaces between them, of files of the application in which no generated mutant may survive unexplained.
    """

    root: Path
    app: str
    scenarios: str
    world: str | None = None
    faults: str | None = None
    generator: str | None = None
    benches: str | None = None
    load: str | None = None
    simulated: str | None = None
    mutants: str = "scenarios/mutants"
    histories: str = "histories"
    runs: str = "runs"
    vital: str = ""

    @property
    def runs_folder(self) -> Path:
        """The folder that holds one directory per run."""
        return self.root / self.runs

    def patches(self) -> list[Path]:
        """One patch per broken version, by name.

        :raises UsageError: ``mutants`` names no folder below the root.
        """
        try:
            return sorted(self.root.glob(f"{self.mutants}/*.patch"), key=lambda file: (file.name, file))
        except (ValueError, NotImplementedError) as error:
            wanted = "name a folder below it, or a pattern such as 'scenarios/*/mutants'"
            raise UsageError(
                f"{self.root / 'pyproject.toml'} [tool.assay] mutants = {self.mutants!r}: {error}; {wanted}"
            ) from error


def load_config(start: Path) -> ProjectConfig:
    """Read the table from the nearest pyproject.toml at or above ``start`` that has one.

    :raises UsageError: no such file, no table, or a table with unknown keys, missing keys or values that are not text;
        all problems are named together.
    """
    for folder in (start.resolve(), *start.resolve().parents):
        file = folder / "pyproject.toml"
        if not file.is_file():
            continue
        try:
            tools = tomllib.loads(file.read_text(encoding="utf-8")).get("tool")
        except (ValueError, RecursionError) as error:  # what is no TOML, no UTF-8, or too deep or long to be read
            raise UsageError(f"{file}: not valid TOML: {error}") from error
        except OSError as error:
            raise UsageError(f"{file}: cannot be read: {error.strerror}") from error
        table = tools.get("assay") if isinstance(tools, dict) else None
        if table is not None and not isinstance(table, dict):
            raise UsageError(f"{file}: [tool.assay] must be a table, not {table!r}")
        if table is not None:
            return _parse(folder, table)
    raise UsageError(
        f'no pyproject.toml with a [tool.assay] table at or above {start}; add one with app = "your.module"'
    )


def _parse(root: Path, table: dict[str, object]) -> ProjectConfig:
    fields = {field.name: field for field in dataclasses.fields(ProjectConfig) if field.name != "root"}
    required = {name for name, field in fields.items() if field.default is dataclasses.MISSING}
    problems = [
        f"unknown key {key!r} (known: {nearest_first(key, sorted(fields))})" for key in table if key not in fields
    ]
    problems += [f"missing key {key!r}" for key in sorted(required - table.keys())]
    problems += [f"{key} must be a text, not {value!r}" for key, value in table.items() if not isinstance(value, str)]
    if problems:
        raise UsageError(f"{root / 'pyproject.toml'} [tool.assay]: " + "; ".join(problems))
    return ProjectConfig(root=root, **{key: str(value) for key, value in table.items()})
