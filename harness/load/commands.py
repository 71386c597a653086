"""The commands around load tests by name, for `assay load` (``[tool.assay] load``)."""

from __future__ import annotations

from collections.abc import Mapping

import click

from harness.load.capacity.command import capacity

commands: Mapping[str, click.Command] = {"capacity": capacity}
