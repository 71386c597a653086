"""A group of commands that the project names: the engine knows none of them by import.

Data flow: ``[tool.assay]`` names a module → **found** → the module's ``commands``, as `assay bench` and `assay
load` show them. They take what they need of the project from the engine, never the other way round.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from harness.application.offered import load_commands
from harness.config import load_config
from harness.errors import UsageError


class Found(click.Group):
    """The commands of the project that it is called in.

    :param key: which key of ``[tool.assay]`` names the module.
    """

    def __init__(self, *arguments: Any, key: str, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._key = key

    def list_commands(self, context: click.Context) -> list[str]:
        """Their names."""
        return sorted(self._found())

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        """The command of this name."""
        return self._found().get(name)

    def _found(self) -> Mapping[str, click.Command]:
        name = getattr(load_config(Path.cwd()), self._key)
        if name is None:
            raise UsageError(f'[tool.assay] has no {self._key}; add it such as {self._key} = "your.module"')
        return load_commands(name, self._key)
