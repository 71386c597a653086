"""The mail server: aiosmtpd's protocol on the world's own loop. What a mail is stands in ``mails``.

Not covered: authentication, TLS, bounces.
"""

from __future__ import annotations

import asyncio
from typing import cast

from aiosmtpd.smtp import SMTP as SmtpProtocol
from aiosmtpd.smtp import Envelope, Session

from scenarios.world.host import Tasks
from scenarios.world.mails import REPLIES, MailDesk


def smtp_protocol(desk: MailDesk, tasks: Tasks, loop: asyncio.AbstractEventLoop) -> SmtpProtocol:
    """The protocol of one connection, for ``loop.create_server``. Messages are worked on to their end in ``tasks``."""
    # Without a hostname aiosmtpd asks DNS for one, which blocks the loop.
    return SmtpProtocol(
        _Handler(desk, tasks), hostname="localhost", ident="Assay world", loop=loop, enable_SMTPUTF8=True
    )


class _Handler:
    """aiosmtpd calls ``handle_DATA`` when a message has arrived whole."""

    def __init__(self, desk: MailDesk, tasks: Tasks) -> None:
        self._desk = desk
        self._tasks = tasks

    async def handle_DATA(self, server: SmtpProtocol, session: Session, envelope: Envelope) -> str:
        content, sender = envelope.original_content or b"", envelope.mail_from or ""
        answer = await self._tasks.to_the_end(self._desk.receive(content, sender, envelope.rcpt_tos))
        if answer.status is None:
            cast(asyncio.Transport, server.transport).abort()
            # The protocol cancels this coroutine when the connection is lost; a returned reply would be written.
            await asyncio.get_running_loop().create_future()
        status = cast(int, answer.status)
        return f"{status} {REPLIES[status]}"
