from __future__ import annotations

import email
import email.policy
import hashlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from temporalio.exceptions import ApplicationError

from workflows.gateways.mail import SmtpMail
from workflows.gateways.ports import Attachment, Mail

PDF = bytes(range(256)) * 4
MAIL = Mail(
    recipient="billing@nour.example",
    subject="Invoice INV-1",
    text="Dear شركة نور,\n\n.\nplease pay.\n",
    message_key="invoice-INV-1.mail",
    reference="INV-1",
    date=datetime(2026, 11, 2, 9, 0, 0, 123, tzinfo=UTC),
    attachment=Attachment("INV-1.pdf", PDF),
)


class Inbox:
    """An SMTP server's handler that keeps what it gets, or answers as told."""

    def __init__(self, answer: str = "250 OK", *, to_recipient: str = "250 OK") -> None:
        self.received: list[bytes] = []
        self.answer, self.to_recipient = answer, to_recipient

    async def handle_RCPT(self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any) -> str:
        if self.to_recipient.startswith("2"):
            envelope.rcpt_tos.append(address)
        return self.to_recipient

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:
        self.received.append(envelope.content)
        return self.answer


@asynccontextmanager
async def smtp(inbox: Inbox, unused_port: int) -> AsyncIterator[SmtpMail]:
    controller = Controller(inbox, hostname="127.0.0.1", port=unused_port)
    controller.start()
    try:
        yield SmtpMail("127.0.0.1", unused_port, "billing@traf3li.example")
    finally:
        controller.stop()


async def test_every_attempt_sends_the_same_bytes(free_ports: Any) -> None:
    inbox = Inbox()
    async with smtp(inbox, free_ports(1)[0]) as gateway:
        assert await gateway.send(MAIL) == await gateway.send(MAIL) == "<invoice-INV-1.mail@traf3li.example>"
    first, second = inbox.received
    assert hashlib.sha256(first).digest() == hashlib.sha256(second).digest()
    message = email.message_from_bytes(first, policy=email.policy.default)
    assert message["Message-ID"] == "<invoice-INV-1.mail@traf3li.example>"
    assert message["X-Entity-Ref-ID"] == "INV-1"
    assert message["Date"] == "Mon, 02 Nov 2026 09:00:00 +0000"
    body, attachment = message.get_body(("plain",)), next(iter(message.iter_attachments()))
    assert body is not None
    assert "شركة نور" in body.get_content()
    assert (attachment.get_filename(), attachment.get_content()) == ("INV-1.pdf", PDF)


@pytest.mark.parametrize(
    "inbox", [Inbox("550 no such mailbox"), Inbox(to_recipient="550 no such mailbox")], ids=["mail", "recipient"]
)
async def test_a_final_refusal_is_not_tried_again(inbox: Inbox, free_ports: Any) -> None:
    async with smtp(inbox, free_ports(1)[0]) as gateway:
        with pytest.raises(ApplicationError, match=r"INV-1.*550") as caught:
            await gateway.send(MAIL)
    assert (caught.value.type, caught.value.non_retryable) == ("MailRefused", True)


@pytest.mark.parametrize("inbox", [Inbox("451 later"), Inbox(to_recipient="451 later")], ids=["mail", "recipient"])
async def test_not_now_is_tried_again(inbox: Inbox, free_ports: Any) -> None:
    async with smtp(inbox, free_ports(1)[0]) as gateway:
        with pytest.raises(Exception, match="451") as caught:
            await gateway.send(MAIL)
    assert not isinstance(caught.value, ApplicationError)


async def test_nobody_there_is_tried_again(free_ports: Any) -> None:
    with pytest.raises(Exception, match="Error connecting") as caught:
        await SmtpMail("127.0.0.1", free_ports(1)[0], "billing@traf3li.example").send(MAIL)
    assert not isinstance(caught.value, ApplicationError)


def test_addresses_cannot_inject_headers() -> None:
    with pytest.raises(ValueError, match="linefeed"):
        SmtpMail("127.0.0.1", 25, "a@b.example").compose(replace(MAIL, subject="x\r\nBcc: y@z.example"))
