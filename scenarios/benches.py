"""All benches by name, for `assay bench` (``[tool.assay] benches``): the generator's own, and that of the judging."""

from __future__ import annotations

from collections.abc import Mapping

import click

from harness.load.benches import commands as of_load
from scenarios.invoices.bench.command import judge

commands: Mapping[str, click.Command] = {**of_load, "judge": judge}
