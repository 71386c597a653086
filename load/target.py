"""Where the load goes: the stack that `assay up` left, or the addresses that the options name.

Where it stands: options → **target** → ``connection``. It reads the same settings as the application's own processes,
so that a workflow is started under the same task queue, and its customers are reminded at the same times, as by the
API. It starts nothing.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from harness.config import load_config
from harness.errors import EnvironmentMissing, UsageError
from harness.stack.state import stack_folder, state_of_living
from workflows.client import DEFAULT_ADDRESS
from workflows.settings import Settings, SettingsError, read_settings


@dataclass(frozen=True)
class Addresses:
    """What the options say of the target; empty where they say nothing."""

    temporal: str = ""
    api: str = ""
    payments: str = ""

    def variables(self) -> dict[str, str]:
        """The variables of the application that these stand for."""
        named = {
            "TEMPORAL_ADDRESS": self.temporal,
            "TRAF3LI_API_ADDRESS": self.api,
            "TRAF3LI_PAYMENTS_URL": self.payments,
        }
        return {name: value for name, value in named.items() if value}


@dataclass(frozen=True)
class Target:
    """Where Temporal, the API and the payment provider are, and the application's settings otherwise."""

    settings: Settings

    @property
    def temporal_address(self) -> str:
        """``host:port`` of the frontend."""
        return self.settings.temporal.address or DEFAULT_ADDRESS

    @property
    def api_url(self) -> str:
        """The API, without a slash at its end."""
        return f"http://{self.settings.api.host}:{self.settings.api.port}"

    @property
    def payments_url(self) -> str:
        """The payment provider, without a slash at its end."""
        return self.settings.payments_url.rstrip("/")


def find_target(addresses: Addresses, *, start: Path, environ: Mapping[str, str] | None = None) -> Target:
    """The target: named by the options together with this process's environment, or else the stack that is up.

    :param start: the project, or a folder in it; its stack is looked for.
    :raises EnvironmentMissing: no address of Temporal is named, and no stack is up.
    :raises UsageError: an address is none, or the settings cannot be used.
    """
    if addresses.temporal:
        variables = dict(os.environ if environ is None else environ)
    else:
        try:
            variables = dict(state_of_living(stack_folder(load_config(start).root)).environment)
        except EnvironmentMissing as error:
            raise EnvironmentMissing(f"{error}; or name the server with --temporal-address HOST:PORT") from error
    try:
        return Target(read_settings(variables | addresses.variables()))
    except SettingsError as error:
        raise UsageError(str(error)) from error
