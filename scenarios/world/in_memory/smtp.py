"""SMTP without sockets: what a client of ``aiosmtplib`` sends goes straight to the world's mail desk."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import aiosmtplib

from scenarios.world.in_memory.http import Work
from scenarios.world.mails import REPLIES, MailDesk

_LINE_END = re.compile(rb"\r\n|\n|\r")
"""As a client takes them, before it sends each as CRLF."""


@dataclass(frozen=True)
class MemorySmtp:
    """Takes the place of ``aiosmtplib.send`` for whole messages."""

    desk: MailDesk
    work: Work

    async def __call__(
        self,
        message: bytes,
        /,
        *,
        sender: str,
        recipients: Sequence[str],
        **_connection: Any,
    ) -> None:
        """Return when the message was accepted.

        :raises aiosmtplib.SMTPDataError: it was not.
        :raises aiosmtplib.SMTPServerDisconnected: the server hung up.
        """
        content = _LINE_END.sub(b"\r\n", message)
        # A message ends with the end of its last line, whether or not its author wrote one.
        content = content if content.endswith(b"\r\n") else content + b"\r\n"
        answer = await self.work.to_the_end(self.desk.receive(content, sender, recipients))
        if answer.status is None:
            raise aiosmtplib.SMTPServerDisconnected("Connection lost")
        if answer.status != 250:
            raise aiosmtplib.SMTPDataError(answer.status, REPLIES[answer.status])
