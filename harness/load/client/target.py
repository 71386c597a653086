"""Where the load goes: the stack that `assay up` left, or the addresses that the options name.

Data flow: options → **target** → ``connection``. The application reads its settings from the same environment as
its own processes do, so that a workflow is started on the same task queue, and with the same settings, as by them. It
starts nothing.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from harness.application.connection import address_of
from harness.application.contract import Application, load_application
from harness.config import load_config
from harness.errors import EnvironmentMissing, UsageError
from harness.stack.state import stack_folder, state_of_living

TEMPORAL_ADDRESS = "TEMPORAL_ADDRESS"


@dataclass(frozen=True)
class Target:
    """The application under load, in the environment that names its server and its services.

    :param settings: what the application reads from these variables.
    """

    app: Application
    variables: Mapping[str, str]
    settings: Any

    @property
    def temporal_address(self) -> str:
        """``host:port`` of the frontend."""
        return address_of(self.variables)


def find_target(named: Mapping[str, str], *, start: Path, environ: Mapping[str, str] | None = None) -> Target:
    """The target: named by the options together with this process's environment, or else the stack that is up.

    :param named: the variables of the application that options stand for.
    :param start: the project, or a folder in it; its application is loaded, and its stack is looked for.
    :raises EnvironmentMissing: no address of Temporal is named, and no stack is up.
    :raises UsageError: an address is none, or the settings cannot be used.
    """
    config = load_config(start)
    if TEMPORAL_ADDRESS in named:
        variables = dict(os.environ if environ is None else environ)
    else:
        try:
            variables = dict(state_of_living(stack_folder(config.root)).environment)
        except EnvironmentMissing as error:
            raise EnvironmentMissing(f"{error}; or name the server with --temporal-address HOST:PORT") from error
    variables |= named
    app = load_application(config.app)
    try:
        return Target(app, variables, app.settings(variables))
    except ValueError as error:
        raise UsageError(str(error)) from error
