"""Mail over SMTP.

Promise: *at least once, with one Message-ID and identical bytes*. SMTP has no idempotency key: a worker that dies
between the server's ``250`` and the end of the activity mails again. So everything that decides the bytes comes from
the caller or is fixed (Message-ID from the workflow id, Date from business time, the MIME boundary), and a receiver can
tell a repeat by its Message-ID.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

import aiosmtplib
from temporalio.exceptions import ApplicationError

from workflows.gateways.network import Transmit
from workflows.gateways.ports import Mail

TIMEOUT_SECONDS = 20.0
"""For each step of the SMTP dialogue; well below the activity's start-to-close time-out."""


@dataclass(frozen=True)
class SmtpMail:
    """Sends each mail over a connection of its own.

    :param sender: the From address; its domain is also that of the Message-ID.
    :param transmit: what takes the message to the server; by default a socket.
    """

    host: str
    port: int
    sender: str
    transmit: Transmit | None = field(default=None, repr=False)

    async def send(self, mail: Mail) -> str:
        """Hand the mail over and return its Message-ID.

        :raises ApplicationError: of type ``MailRefused``, not retryable, when the server refuses it for good (5xx,
            RFC 5321 section 4.2.1); everything else that SMTP raises is worth another attempt.
        """
        message_id, transmit = self.message_id(mail), self.transmit or aiosmtplib.send
        try:
            await transmit(
                self.compose(mail),
                sender=self.sender,
                recipients=[mail.recipient],
                hostname=self.host,
                port=self.port,
                timeout=TIMEOUT_SECONDS,
                start_tls=False,
            )
        except aiosmtplib.SMTPRecipientsRefused as error:
            if all(refusal.code >= 500 for refusal in error.recipients):
                raise _refused(mail, error) from error
            raise
        except aiosmtplib.SMTPResponseException as error:
            if error.code >= 500:
                raise _refused(mail, error) from error
            raise
        return message_id

    def message_id(self, mail: Mail) -> str:
        """``<invoice-INV-1.mail@domain>``: the same for every attempt."""
        return f"<{mail.message_key}@{self.sender.rpartition('@')[2]}>"

    def compose(self, mail: Mail) -> bytes:
        """The bytes of the mail, a function of its arguments alone."""
        message = EmailMessage(policy=SMTP)
        message["From"] = self.sender
        message["To"] = mail.recipient
        message["Subject"] = mail.subject
        message["Date"] = format_datetime(mail.date.replace(microsecond=0))
        message["Message-ID"] = self.message_id(mail)
        message["X-Entity-Ref-ID"] = mail.reference
        message.set_content(mail.text, cte="quoted-printable")
        message.add_attachment(
            mail.attachment.content, maintype="application", subtype="pdf", filename=mail.attachment.filename
        )
        message.set_boundary(f"part-{hashlib.sha256(mail.message_key.encode()).hexdigest()[:40]}")
        return message.as_bytes()


def _refused(mail: Mail, error: Exception) -> ApplicationError:
    return ApplicationError(
        f"the mail server refused the mail for {mail.reference} to {mail.recipient}: {error}",
        type="MailRefused",
        non_retryable=True,
    )
