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
from collections.abc import Sequence
from email.message import EmailMessage, Message
from typing import Any, cast

from aiosmtpd.smtp import SMTP as SmtpProtocol
from aiosmtpd.smtp import Envelope, Session

from scenarios.world import REFUSED_DOMAIN
from scenarios.world.intake import SMTP, Intake
from scenarios.world.keeper import Keep, digest_of
from scenarios.world.ledger import Request

_REPLIES = {250: "250 OK", 451: "451 4.3.0 try again later", 550: "550 5.7.1 refused"}


def smtp_protocol(intake: Intake, keep: Keep, loop: asyncio.AbstractEventLoop) -> SmtpProtocol:
    """The protocol of one connection, for ``loop.create_server``."""
    # Without a hostname aiosmtpd asks DNS for one, which blocks the loop.
    return SmtpProtocol(
        _Handler(intake, keep), hostname="localhost", ident="Assay world", loop=loop, enable_SMTPUTF8=True
    )


class _Handler:
    """aiosmtpd calls ``handle_DATA`` when a message has arrived whole."""

    def __init__(self, intake: Intake, keep: Keep) -> None:
        self._intake = intake
        self._keep = keep

    async def handle_DATA(self, server: SmtpProtocol, session: Session, envelope: Envelope) -> str:
        content = envelope.original_content or b""
        request = read_mail(content, envelope.mail_from or "", envelope.rcpt_tos)
        nobody = [address for address in envelope.rcpt_tos if address.endswith(f"@{REFUSED_DOMAIN}")]
        problem = f"no mailbox {', '.join(nobody)}" if nobody else None
        # Before the effect is written: whatever the journal names by its digest can be read.
        for attached in attached_to(content) if problem is None else ():
            self._keep(attached)
        answer = await self._intake.handle(request, SMTP, problem=problem)
        if answer.status is None:
            cast(asyncio.Transport, server.transport).abort()
            # The protocol cancels this coroutine when the connection is lost; a returned reply would be written.
            await asyncio.get_running_loop().create_future()
        return _REPLIES[cast(int, answer.status)]


def read_mail(content: bytes, sender: str, recipients: Sequence[str]) -> Request:
    """The request that a message is. ``content`` is what came in DATA, without the dots of transparency.

    :param sender: of the envelope, as are the recipients; what the headers say stands beside them.
    """
    message = _parse(content)
    message_id = _header(message, "Message-ID") or None
    detail = {
        "message_id": message_id,
        "sender": _plain(sender),
        "from": _header(message, "From"),
        "recipient": _plain(", ".join(recipients)),
        "to": ", ".join(filter(None, (_header(message, name) for name in ("To", "Cc", "Bcc")))),
        "subject": _header(message, "Subject"),
        "date": _header(message, "Date"),
        "text": _text(message),
        "attachments": [_described(part) for part in _attachments(message)],
    }
    digest = hashlib.sha256(content).hexdigest()
    return Request("smtp", "mail", message_id, _header(message, "X-Entity-Ref-ID"), digest, detail, keyed=False)


def attached_to(content: bytes) -> list[bytes]:
    """The contents of everything that is attached to a message."""
    return [_bytes_of(part) for part in _attachments(_parse(content))]


def _parse(content: bytes) -> EmailMessage:
    return email.message_from_bytes(content, policy=email.policy.default)


def _header(message: EmailMessage, name: str) -> str:
    return ", ".join(_plain(str(value)).strip() for value in message.get_all(name, ()))


def _plain(text: str) -> str:
    """The text without the lone surrogates by which Python carries bytes that are no UTF-8."""
    return text.encode(errors="replace").decode()


def _text(message: EmailMessage) -> str:
    """What a reader sees first: the plain text, with ``\n`` between its lines; empty when there is none."""
    body = message.get_body(("plain",))
    if body is None:
        return ""
    try:
        text = _bytes_of(body).decode(body.get_content_charset() or "ascii", errors="replace")
    except LookupError:
        # An encoding that nobody knows: what a reader could still make out is the ASCII in it.
        text = _bytes_of(body).decode("ascii", errors="replace")
    return text.replace("\r\n", "\n")


def _attachments(message: EmailMessage) -> list[Message]:
    """Everything in the message beside its body."""
    return list(message.iter_attachments()) if message.is_multipart() else []


def _described(part: Message) -> dict[str, Any]:
    content = _bytes_of(part)
    return {
        "filename": _plain(part.get_filename() or ""),
        "content_type": part.get_content_type(),
        "sha256": digest_of(content),
        "size": len(content),
    }


def _bytes_of(part: Message) -> bytes:
    payload = part.get_payload(decode=True)
    return payload if isinstance(payload, bytes) else b""
