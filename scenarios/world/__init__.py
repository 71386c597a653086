"""The outside of the application, as a process on real sockets: mail, accounting, payments, and a control port.

``world`` is what the harness finds by name. It only describes the process; the process is ``__main__``. Everything the
world is asked and everything it accepts goes into one journal file, which the checks judge by and from which a killed
world goes on.
"""

from __future__ import annotations

import secrets
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

SERVICES = ("smtp", "accounting", "payments")
"""What the application asks of the outside, each on a port of its own."""

SECRET_VARIABLE = "WORLD_WEBHOOK_SECRET"

REFUSED_DOMAIN = "refused.example"
"""Mail to this domain is refused for good, as mail to a mailbox that does not exist is (RFC 5321: 550)."""

MAIL_SENDER = "invoices@traf3li.example"
"""The address from which the application is told to mail."""

REMINDERS = "-4s,+2s"
"""When customers are reminded, counted from the due instant: once before it, late enough that an invoice is sent by
then and early enough for one that is due soon, and once after it."""

GRACE_SECONDS = 4
"""How long after the last reminder an invoice still takes payments: those that are due in a run close in it, too."""


@dataclass(frozen=True)
class World:
    """How to start a world and how to reach it. ``services`` are the names of the ports it needs."""

    services: tuple[str, ...] = (*SERVICES, "control")

    def command(
        self, ports: Mapping[str, int], journal: Path, attachments: Path, seed: int, environment: Mapping[str, str]
    ) -> tuple[str, ...]:
        """The arguments that start it; the process also needs ``WORLD_WEBHOOK_SECRET`` in its environment.

        :param attachments: the folder for what comes attached to mails.
        :param environment: the application's; its ``TRAF3LI_API_ADDRESS`` is where webhooks go.
        """
        port_arguments = [word for name in self.services for word in (f"--{name}-port", str(ports[name]))]
        webhook_url = f"http://{environment['TRAF3LI_API_ADDRESS']}/webhooks/payments"
        return (
            *(sys.executable, "-m", "scenarios.world", "--journal", str(journal), "--seed", str(seed)),
            *("--attachments", str(attachments)),
            *port_arguments,
            *("--webhook-url", webhook_url),
        )

    def ready_url(self, ports: Mapping[str, int]) -> str:
        """Answers 200 once every port is open."""
        return f"{self.control_url(ports)}/healthz"

    def control_url(self, ports: Mapping[str, int]) -> str:
        """The root of the control interface: holds and knobs."""
        return f"http://127.0.0.1:{ports['control']}"

    def payments_url(self, ports: Mapping[str, int]) -> str:
        """The root of the payment provider, where a workload lets its customers pay."""
        return f"http://127.0.0.1:{ports['payments']}"

    def environment(self, ports: Mapping[str, int], folder: Path, books: str | None = None) -> Mapping[str, str]:
        """The settings by which the application reaches it, and the secret both sides share, drawn anew each time.

        :param folder: of the run; the application's books are a file in it where the stack has no database.
        :param books: the database that the stack has, as ``postgresql://...``.
        """
        secret = secrets.token_hex(32)
        return {
            "TRAF3LI_BOOKS_URL": _books_url(folder, books),
            "TRAF3LI_SMTP_ADDRESS": f"127.0.0.1:{ports['smtp']}",
            "TRAF3LI_MAIL_SENDER": MAIL_SENDER,
            "TRAF3LI_ACCOUNTING_URL": f"http://127.0.0.1:{ports['accounting']}",
            "TRAF3LI_PAYMENTS_URL": self.payments_url(ports),
            "TRAF3LI_REMINDERS": REMINDERS,
            "TRAF3LI_GRACE_SECONDS": str(GRACE_SECONDS),
            "TRAF3LI_WEBHOOK_SECRET": secret,
            SECRET_VARIABLE: secret,
        }


def _books_url(folder: Path, books: str | None) -> str:
    """The URL as SQLAlchemy wants it, which has to be told the driver."""
    if books is None:
        return f"sqlite:///{folder.resolve() / 'books.db'}"
    return books.replace("postgresql://", "postgresql+psycopg://", 1)


world = World()
