"""The options that a locustfile adds to those of every load test: what its company does, and where its services are.

Data flow: a locustfile's ``listen`` → **own options** → ``options``, which parses them with all others. locust
imports the locustfile in every process before it reads the command line, so each process knows them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

_own: dict[str, Option] = {}


@dataclass(frozen=True)
class Option:
    """One option of a locustfile.

    :param name: as on the command line, without the dashes.
    :param read: makes the value from the text; raises ``UsageError``, or ``ValueError`` with what is wrong.
    :param variable: the variable of the application that it stands for, when its text is not empty.
    """

    name: str
    default: str
    help: str
    read: Callable[[str], Any] = str
    variable: str | None = None


def add_own(options: Mapping[str, Option]) -> None:
    """Have these options, in this process."""
    _own.update(options)


def own_options() -> Mapping[str, Option]:
    """Those of this process's locustfile, by name."""
    return _own
