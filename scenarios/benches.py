"""All benches by name, for `assay bench` (``[tool.assay] benches``): of load, engines, judging and the replay gate."""

from __future__ import annotations

from collections.abc import Mapping

import click

from harness.cli.replay.bench import replay
from harness.load.benches import commands as of_load
from harness.simulate.engines.command import engines
from scenarios.invoices.bench.command import judge

commands: Mapping[str, click.Command] = {**of_load, "engines": engines, "judge": judge, "replay": replay}
