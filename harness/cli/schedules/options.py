"""The options that all commands of `assay schedules` have: which server, and which namespace."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click

Command = TypeVar("Command", bound=Callable[..., Any])


def server_options(command: Command) -> Command:
    """Add ``--address`` and ``--namespace``."""
    address = click.option(
        "--address", metavar="HOST:PORT", help="The server (default: what TEMPORAL_* and temporal.toml name)."
    )
    return address(click.option("--namespace", metavar="NAME", help="The namespace (default: likewise).")(command))
