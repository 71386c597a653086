"""``python -m scenarios.nightly`` (`make nightly`): the parts of a night, on a seed drawn unless it is given."""

from __future__ import annotations

import os
import secrets
import sys
from pathlib import Path

import click

from harness.config import load_config
from scenarios.nightly.night import run_night
from scenarios.nightly.parts import parts

NAMES = tuple(part.name for part in parts(0))


@click.command()
@click.option("--seed", type=click.IntRange(min=0), help="Draws everything; drawn at random if left out.")
@click.option("--part", "names", type=click.Choice(NAMES), multiple=True, help="Only this; repeat for more.")
def night(seed: int | None, names: tuple[str, ...]) -> None:
    """Run what is too long for every push; the exit code is that of the first part that did not end well."""
    drawn = secrets.randbelow(2**31) if seed is None else seed
    chosen = [part for part in parts(drawn) if not names or part.name in names]
    sys.exit(run_night(load_config(Path.cwd()).root, drawn, chosen, tell))


def tell(markdown: str) -> None:
    """Print it, and add it to CI's summary where there is one."""
    click.echo(markdown)
    if summary := os.environ.get("GITHUB_STEP_SUMMARY"):
        with Path(summary).open("a", encoding="utf-8") as file:
            file.write(f"{markdown}\n")


if __name__ == "__main__":
    night()
