"""The benches of this package by name, for `assay bench` (``[tool.assay] benches``)."""

from __future__ import annotations

from collections.abc import Mapping

import click

from harness.load.bench.command import load

commands: Mapping[str, click.Command] = {"load": load}
