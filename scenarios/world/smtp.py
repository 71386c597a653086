"""The mail server: aiosmtpd's protocol on the world's own loop.

The promise it makes is SMTP's: every message that is answered with 250 is a mail in somebody's inbox. There is no
idempotency: the same Message-ID twice is two mails (RFC 5321 has no key, RFC 5322 section 3.6.4 only asks senders for
unique ids), and both are recorded as effects.

Not covered: authentication, TLS, bounces.
"""

from __future__ import annotations

import asyncio
import email
import email.policy
import hashlib
from email.message import EmailMessage
from typing import Any, cast

from aiosmtpd.smtp import SMTP as SmtpProtocol
from aiosmtpd.smtp import Envelope, Session

from scenarios.world import REFUSED_DOMAIN
from scenarios.world.intake import SMTP, Intake
from scenarios.world.ledger import Request

_REPLIES = {250: "250 OK", 451: "451 4.3.0 try again later", 550: "550 5.7.1 refused"}


def smtp_protocol(intake: Intake, loop: asyncio.AbstractEventLoop) -> SmtpProtocol:
    """The protocol of one connection, for ``loop.create_server``."""
    # Without a hostname aiosmtpd asks DNS for one, which blocks the loop.
    return SmtpProtocol(_Handler(intake), hostname="localhost", ident="Assay world", loop=loop, enable_SMTPUTF8=True)


class _Handler:
    """aiosmtpd calls ``handle_DATA`` when a message has arrived whole."""

    def __init__(self, intake: Intake) -> None:
        self._intake = intake

    async def handle_DATA(self, server: SmtpProtocol, session: Session, envelope: Envelope) -> str:
        request = read_mail(envelope.original_content or b"", envelope.rcpt_tos)
        nobody = [address for address in envelope.rcpt_tos if address.endswith(f"@{REFUSED_DOMAIN}")]
        problem = f"no mailbox {', '.join(nobody)}" if nobody else None
        answer = await self._intake.handle(request, SMTP, problem=problem)
        if answer.status is None:
            cast(asyncio.Transport, server.transport).abort()
            # The protocol cancels this coroutine when the connection is lost; a returned reply would be written.
            await asyncio.get_running_loop().create_future()
        return _REPLIES[cast(int, answer.status)]


def read_mail(content: bytes, recipients: list[str]) -> Request:
    """The request that a message is. ``content`` is what came in DATA, without the dots of transparency."""
    message = email.message_from_bytes(content, policy=email.policy.default)
    message_id = _header(message, "Message-ID") or None
    detail = {
        "message_id": message_id,
        "recipient": _plain(", ".join(recipients)),
        "subject": _header(message, "Subject"),
        "attachments": _attachments(message),
    }
    digest = hashlib.sha256(content).hexdigest()
    return Request("smtp", "mail", message_id, _header(message, "X-Entity-Ref-ID"), digest, detail, keyed=False)


def _header(message: EmailMessage, name: str) -> str:
    return _plain(str(message.get(name, ""))).strip()


def _plain(text: str) -> str:
    """The text without the lone surrogates by which Python carries bytes that are no UTF-8."""
    return text.encode(errors="replace").decode()


def _attachments(message: EmailMessage) -> list[dict[str, Any]]:
    if not message.is_multipart():
        return []
    attachments = []
    for part in message.iter_attachments():
        payload = part.get_payload(decode=True)
        content = payload if isinstance(payload, bytes) else b""
        attachments.append(
            {
                "filename": _plain(part.get_filename() or ""),
                "sha256": hashlib.sha256(content).hexdigest(),
                "size": len(content),
            }
        )
    return attachments
