"""`assay load`: the commands around load tests that the project names (``[tool.assay] load``)."""

from __future__ import annotations

import click

from harness.cli.found import Found


@click.group(cls=Found, key="load")
def load() -> None:
    """Ask the system that is up what it can take. The load tests themselves are locust's (`locust -f ...`)."""
