"""Mail as the world understands it: which request a message is, and what is kept of it. No SMTP.

The promise is SMTP's: every message that is accepted is a mail in somebody's inbox. There is no idempotency: the same
Message-ID twice is two mails (RFC 5321 has no key, RFC 5322 section 3.6.4 only asks senders for unique ids), and both
are recorded as effects.
"""

from __future__ import annotations

import email
import email.policy
import functools
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from email.headerregistry import HeaderRegistry
from email.message import EmailMessage, Message
from typing import Any

from scenarios.world import REFUSED_DOMAIN
from scenarios.world.intake import SMTP, Answer, Intake
from scenarios.world.keeper import Keep, digest_of
from scenarios.world.register import Request

_POLICY = email.policy.default.clone(header_factory=functools.lru_cache(maxsize=512)(HeaderRegistry()))
"""The library's own, but it takes a header apart once and not at each of the thirty times that it looks at it."""

REPLIES = {250: "OK", 451: "4.3.0 try again later", 550: "5.7.1 refused"}
"""What is said with each status."""


@dataclass(frozen=True)
class MailDesk:
    """Takes messages."""

    intake: Intake
    keep: Keep

    async def receive(self, content: bytes, sender: str, recipients: Sequence[str]) -> Answer:
        """A message has arrived whole: see ``read_mail``."""
        message = _parse(content)
        request = _request(message, content, sender, recipients)
        nobody = [address for address in recipients if address.endswith(f"@{REFUSED_DOMAIN}")]
        problem = f"no mailbox {', '.join(nobody)}" if nobody else None
        # Before the effect is written: whatever the journal names by its digest can be read.
        for attached in _attachments(message) if problem is None else ():
            self.keep(_bytes_of(attached))
        return await self.intake.handle(request, SMTP, problem=problem)


def read_mail(content: bytes, sender: str, recipients: Sequence[str]) -> Request:
    """The request that a message is. ``content`` is what came in DATA, without the dots of transparency.

    :param sender: of the envelope, as are the recipients; what the headers say stands beside them.
    """
    return _request(_parse(content), content, sender, recipients)


def _request(message: EmailMessage, content: bytes, sender: str, recipients: Sequence[str]) -> Request:
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


def _parse(content: bytes) -> EmailMessage:
    return email.message_from_bytes(content, policy=_POLICY)


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
