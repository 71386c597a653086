"""`assay bench`: the benches that the project names (``[tool.assay] benches``), each a command of its own."""

from __future__ import annotations

import click

from harness.cli.found import Found


@click.group(cls=Found, key="benches")
def bench() -> None:
    """Measure Assay itself: ratios in one run, and 1 as the exit code when a bound is broken."""
