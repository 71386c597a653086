"""Settings from the environment, parsed once at the edge of each process, every problem reported together.

``TEMPORAL_*`` connection settings (address, namespace, TLS, API key, profiles, ``temporal.toml``) are read by the SDK's
own ``temporalio.envconfig``; the rest is read here. Unknown ``TRAF3LI_`` names are refused: they are typing errors.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeVar
from urllib.parse import urlsplit

from temporalio.envconfig import ClientConfigProfile

Value = TypeVar("Value")

LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")

DEFAULTS = {
    "TEMPORAL_TASK_QUEUE": "",
    "TEMPORAL_MAX_CONCURRENT_ACTIVITIES": "10",
    "TEMPORAL_MAX_CONCURRENT_WORKFLOWS": "10",
    "TEMPORAL_LOG_LEVEL": "info",
    "TRAF3LI_BOOKS_URL": "sqlite:///traf3li.db",
    "TRAF3LI_SMTP_ADDRESS": "127.0.0.1:2525",
    "TRAF3LI_MAIL_SENDER": "billing@traf3li.example",
    "TRAF3LI_ACCOUNTING_URL": "http://127.0.0.1:8091",
    "TRAF3LI_PAYMENTS_URL": "http://127.0.0.1:8092",
    "TRAF3LI_REMINDERS": "-3d,-1d",
    "TRAF3LI_GRACE_SECONDS": str(7 * 24 * 3600),
    "TRAF3LI_WEBHOOK_SECRET": "",
    "TRAF3LI_WEBHOOK_TOLERANCE_SECONDS": "300",
    "TRAF3LI_API_ADDRESS": "127.0.0.1:8090",
}
"""Every name that is read here, with its default."""


_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
_OFFSET = re.compile(r"([+-]\d{1,4})([smhd])", re.ASCII)


class SettingsError(ValueError):
    """The environment cannot be used; the message names every problem, one in a line."""


@dataclass(frozen=True)
class Address:
    """Where a service listens."""

    host: str
    port: int


@dataclass(frozen=True)
class Secret:
    """A value that does not show in logs. An empty secret is no secret."""

    value: str = field(repr=False)

    def __bool__(self) -> bool:
        return bool(self.value)


@dataclass(frozen=True)
class Settings:
    """The settings of one process.

    :param temporal: the connection; hidden from ``repr`` because it may hold an API key.
    :param task_queue: one queue for everything that the application does; empty: each family has its own.
    :param books_url: a SQLAlchemy URL; hidden from ``repr`` because it may hold a password.
    :param reminder_seconds: when customers are reminded, counted from the due instant; negative is before it. With one
        after it the invoice stays open, and takes payments, until a grace after the last.
    :param grace_seconds: how long after its last reminder past the due instant an invoice still takes payments.
    :param webhook_secret: shared with the payment provider; only the API needs it.
    """

    temporal: ClientConfigProfile = field(repr=False)
    task_queue: str
    max_concurrent_activities: int
    max_concurrent_workflows: int
    log_level: str
    books_url: str = field(repr=False)
    smtp: Address
    mail_sender: str
    accounting_url: str
    payments_url: str
    reminder_seconds: tuple[int, ...]
    grace_seconds: int
    webhook_secret: Secret
    webhook_tolerance_seconds: int
    api: Address

    def queue_for(self, own: str) -> str:
        """The task queue on which a family's workflows are started.

        :param own: the family's.
        """
        return self.task_queue or own


def read_settings(environ: Mapping[str, str] | None = None) -> Settings:
    """Parse the environment.

    :param environ: the variables; by default those of this process.
    :raises SettingsError: naming every problem.
    """
    variables = dict(os.environ if environ is None else environ)
    reader = _Reader(variables)
    settings = Settings(
        temporal=reader.temporal(),
        task_queue=reader.read("TEMPORAL_TASK_QUEUE", _text),
        max_concurrent_activities=reader.read("TEMPORAL_MAX_CONCURRENT_ACTIVITIES", _count),
        max_concurrent_workflows=reader.read("TEMPORAL_MAX_CONCURRENT_WORKFLOWS", _count),
        log_level=reader.read("TEMPORAL_LOG_LEVEL", _log_level),
        books_url=reader.read("TRAF3LI_BOOKS_URL", _books_url),
        smtp=reader.read("TRAF3LI_SMTP_ADDRESS", _address),
        mail_sender=reader.read("TRAF3LI_MAIL_SENDER", _mail_address),
        accounting_url=reader.read("TRAF3LI_ACCOUNTING_URL", _http_url),
        payments_url=reader.read("TRAF3LI_PAYMENTS_URL", _http_url),
        reminder_seconds=reader.read("TRAF3LI_REMINDERS", _offsets),
        grace_seconds=reader.read("TRAF3LI_GRACE_SECONDS", _grace),
        webhook_secret=Secret(variables.get("TRAF3LI_WEBHOOK_SECRET", "")),
        webhook_tolerance_seconds=reader.read("TRAF3LI_WEBHOOK_TOLERANCE_SECONDS", _count),
        api=reader.read("TRAF3LI_API_ADDRESS", _address),
    )
    if reader.problems:
        raise SettingsError("the settings cannot be used:\n" + "\n".join(f"- {line}" for line in reader.problems))
    return settings


class _Reader:
    """Reads variables and collects problems; after one, the value is the default and is never used."""

    def __init__(self, variables: Mapping[str, str]) -> None:
        self._variables = variables
        unknown = sorted(name for name in variables if name.startswith("TRAF3LI_") and name not in DEFAULTS)
        self.problems = [f"{name} is not a setting of this application" for name in unknown]

    def read(self, name: str, parse: Callable[[str], Value]) -> Value:
        try:
            return parse(self._variables.get(name) or DEFAULTS[name])
        except ValueError as error:
            self.problems.append(f"{name} {error}")
            return parse(DEFAULTS[name])

    def temporal(self) -> ClientConfigProfile:
        try:
            return ClientConfigProfile.load(override_env_vars=dict(self._variables))
        except RuntimeError as error:
            self.problems.append(f"the Temporal connection settings cannot be read: {error}")
            return ClientConfigProfile()


def _text(value: str) -> str:
    if value != value.strip() or not value.isprintable():
        raise ValueError(f"is {value!r}, with blanks or control characters around it")
    return value


def _count(value: str) -> int:
    if not value.isascii() or not value.isdigit() or not 1 <= int(value) <= 100_000:
        raise ValueError(f"is {value!r}; a whole number from 1 to 100000 is expected")
    return int(value)


def _grace(value: str) -> int:
    if not value.isascii() or not value.isdigit() or not 1 <= int(value) <= 365 * 86400:
        raise ValueError(f"is {value!r}; a whole number of seconds from 1 to a year (31536000) is expected")
    return int(value)


def _log_level(value: str) -> str:
    if value.upper() not in LOG_LEVELS:
        raise ValueError(f"is {value!r}; one of {', '.join(LOG_LEVELS).lower()} is expected")
    return value.upper()


def _address(value: str) -> Address:
    host, _, port = value.rpartition(":")
    if not host or not port.isascii() or not port.isdigit() or not 1 <= int(port) <= 65535:
        raise ValueError(f"is {value!r}; host:port is expected, for example 127.0.0.1:8090")
    return Address(host.strip("[]"), int(port))


def _http_url(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError(f"is {value!r}; an http:// or https:// address is expected")
    return value


def _offsets(value: str) -> tuple[int, ...]:
    if value == "none":
        return ()
    found = [_OFFSET.fullmatch(each.strip()) for each in value.split(",")]
    if not all(found):
        raise ValueError(f"is {value!r}; offsets from the due instant such as -3d,-1d,+7d, or none, are expected")
    return tuple(int(each[1]) * _SECONDS[each[2]] for each in found if each is not None)


def _books_url(value: str) -> str:
    if "://" not in value:
        raise ValueError("is not a SQLAlchemy URL such as sqlite:///traf3li.db")
    return value


def _mail_address(value: str) -> str:
    name, _, domain = value.rpartition("@")
    if not name or not domain or any(character.isspace() for character in value):
        raise ValueError(f"is {value!r}; a mail address is expected")
    return value
