"""`assay bench`: the benches that the project names, each a command of its own.

The engine knows no bench by import; it finds them by ``[tool.assay] benches``, as it finds everything else.
"""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from pathlib import Path

import click

from harness.config import ProjectConfig, load_config
from harness.errors import UsageError


class Benches(click.Group):
    """The benches of the project that the command is called in."""

    def list_commands(self, context: click.Context) -> list[str]:
        """Their names."""
        return sorted(load_benches(load_config(Path.cwd())))

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        """The bench of this name."""
        return load_benches(load_config(Path.cwd())).get(name)


@click.group(cls=Benches)
def bench() -> None:
    """Measure Assay itself: ratios in one run, and 1 as the exit code when a bound is broken."""


def load_benches(config: ProjectConfig) -> Mapping[str, click.Command]:
    """Import the module that the configuration names and return its ``benches``.

    :raises UsageError: none is named, the module cannot be imported, or it offers none.
    """
    if config.benches is None:
        raise UsageError('[tool.assay] has no benches; add them such as benches = "your.module"')
    try:
        benches: Mapping[str, click.Command] = importlib.import_module(config.benches).benches
    except (ImportError, AttributeError) as error:
        raise UsageError(f"[tool.assay] benches = {config.benches!r}: {error}") from error
    return benches
