"""The mail server over real sockets."""

from __future__ import annotations

import asyncio
import email.policy
import hashlib
from email.message import EmailMessage
from pathlib import Path

import aiosmtplib
import pytest

from harness.record.attachments import AttachmentFolder
from scenarios.world import REFUSED_DOMAIN
from scenarios.world.in_process import Running, running_world
from scenarios.world.mails import read_mail

PDF = b"%PDF-1.7 not really\n.\n..dots"


def mail(message_id: str = "<INV-0001@traf3li.example>") -> EmailMessage:
    message = EmailMessage()
    message["From"] = "invoices@traf3li.example"
    message["To"] = "customer@example.com"
    message["Subject"] = "فاتورة INV-0001"
    message["Message-ID"] = message_id
    message["X-Entity-Ref-ID"] = "INV-0001"
    message.set_content("Your invoice.\n.\nThank you.\n")
    message.add_attachment(PDF, maintype="application", subtype="pdf", filename="INV-0001.pdf")
    message.set_boundary("boundary")  # otherwise drawn anew each time the message is written out
    return message


async def send(running: Running, message: EmailMessage) -> str:
    _, reply = await aiosmtplib.send(
        message, hostname="127.0.0.1", port=running.ports["smtp"], start_tls=False, use_tls=False, timeout=60
    )
    return reply


async def test_an_accepted_mail_is_an_effect_with_all_that_checks_need(tmp_path: Path) -> None:
    async with running_world(tmp_path) as running:
        assert await send(running, mail()) == "OK"
        [effect] = running.records("effect")
        assert (effect["service"], effect["operation"], effect["reference"]) == ("smtp", "mail", "INV-0001")
        assert effect["key"] == "<INV-0001@traf3li.example>"
        assert effect["detail"] == {
            "message_id": "<INV-0001@traf3li.example>",
            "sender": "invoices@traf3li.example",
            "from": "invoices@traf3li.example",
            "recipient": "customer@example.com",
            "to": "customer@example.com",
            "subject": "فاتورة INV-0001",
            "date": "",
            "text": "Your invoice.\n.\nThank you.\n",
            "attachments": [
                {
                    "filename": "INV-0001.pdf",
                    "content_type": "application/pdf",
                    "sha256": hashlib.sha256(PDF).hexdigest(),
                    "size": len(PDF),
                }
            ],
        }
        assert dict(AttachmentFolder(running.attachments)) == {hashlib.sha256(PDF).hexdigest(): PDF}


async def test_an_attachment_is_kept_once_and_of_a_refused_mail_not_at_all(tmp_path: Path) -> None:
    async with running_world(tmp_path) as running:
        await send(running, mail())
        await send(running, mail("<another@traf3li.example>"))
        nobody = mail()
        nobody.replace_header("To", f"nobody@{REFUSED_DOMAIN}")
        nobody.add_attachment(b"another", maintype="text", subtype="plain", filename="another.txt")
        with pytest.raises(aiosmtplib.SMTPDataError, match="550"):
            await send(running, nobody)
    assert [file.name for file in running.attachments.iterdir()] == [hashlib.sha256(PDF).hexdigest()]


def test_envelope_and_headers_are_told_apart() -> None:
    message = mail()
    message["Cc"] = "stranger@example.com"
    detail = read_mail(message.as_bytes(), "bounces@traf3li.example", ["a@example.com", "b@example.com"]).detail
    assert (detail["sender"], detail["from"]) == ("bounces@traf3li.example", "invoices@traf3li.example")
    assert detail["recipient"] == "a@example.com, b@example.com"
    assert detail["to"] == "customer@example.com, stranger@example.com"


@pytest.mark.parametrize("cte", ["quoted-printable", "base64", "8bit"])
def test_the_text_is_what_a_reader_sees(cte: str) -> None:
    message = EmailMessage(policy=email.policy.SMTP)
    message.set_content("عزيزي العميل,\n\n=E2\n", cte=cte)
    assert read_mail(message.as_bytes(), "", []).detail["text"] == "عزيزي العميل,\n\n=E2\n"


def test_a_text_in_an_encoding_that_nobody_knows_is_read_as_far_as_it_can_be() -> None:
    content = b"Content-Type: text/plain; charset=no-such\r\n\r\nfor \xff us\r\n"
    assert read_mail(content, "", []).detail["text"] == "for \N{REPLACEMENT CHARACTER} us\n"


async def test_the_same_mail_twice_is_two_effects_with_one_digest(tmp_path: Path) -> None:
    async with running_world(tmp_path) as running:
        await send(running, mail())
        await send(running, mail())
        first, second = running.records("effect")
        assert first["effect_id"] != second["effect_id"]
        assert (first["key"], first["digest"]) == (second["key"], second["digest"])


async def test_a_mail_without_headers_is_taken_too(tmp_path: Path) -> None:
    async with running_world(tmp_path) as running:
        await aiosmtplib.send(
            b"\xff\xfe no headers",
            sender="a@example.com",
            recipients=["b@example.com"],
            hostname="127.0.0.1",
            port=running.ports["smtp"],
            start_tls=False,
        )
        [effect] = running.records("effect")
        assert (effect["key"], effect["reference"], effect["detail"]["attachments"]) == (None, "", [])


async def test_knobs_answer_451_and_550_without_an_effect(tmp_path: Path) -> None:
    async with running_world(tmp_path) as running:
        knob = running.url("control", "/knobs/smtp")
        await running.client.put(knob, json={"error_rate": 1.0})
        with pytest.raises(aiosmtplib.SMTPDataError, match="451"):
            await send(running, mail())
        await running.client.put(knob, json={"refuse": True})
        with pytest.raises(aiosmtplib.SMTPDataError, match="550"):
            await send(running, mail())
        assert running.records("effect") == []
        outcomes = [(reply["outcome"], reply["status"]) for reply in running.records("world-reply")]
        assert outcomes == [("error", 451), ("refused", 550)]


@pytest.mark.parametrize(("point", "effects_while_held"), [("before_effect", 0), ("after_commit", 1)])
async def test_a_mail_is_held_and_released(tmp_path: Path, point: str, effects_while_held: int) -> None:
    async with running_world(tmp_path) as running:
        hold_id = await running.hold("smtp", "mail", point)
        sending = asyncio.create_task(send(running, mail()))
        assert (await running.held(hold_id))["reference"] == "INV-0001"
        assert len(running.records("effect")) == effects_while_held
        assert running.records("world-reply") == []
        await running.release(hold_id)
        assert await sending == "OK"
        assert len(running.records("effect")) == 1


async def test_a_dropped_acknowledgement_leaves_the_mail_sent(tmp_path: Path) -> None:
    async with running_world(tmp_path) as running:
        await running.hold("smtp", "mail", "drop_ack")
        with pytest.raises(aiosmtplib.SMTPServerDisconnected):
            await send(running, mail())
        assert len(running.records("effect")) == 1
        assert [reply["outcome"] for reply in running.records("world-reply")] == ["dropped"]
        assert await send(running, mail()) == "OK"


async def test_a_mail_whose_sender_dies_while_it_is_held_is_still_sent(tmp_path: Path) -> None:
    async with running_world(tmp_path) as running:
        hold_id = await running.hold("smtp", "mail", "before_effect")
        client = aiosmtplib.SMTP(hostname="127.0.0.1", port=running.ports["smtp"], start_tls=False)
        await client.connect()
        sending = asyncio.create_task(client.send_message(mail()))
        await running.held(hold_id)
        client.close()
        with pytest.raises(aiosmtplib.SMTPServerDisconnected):
            await sending
        await running.release(hold_id)
    assert len(running.records("effect")) == 1


async def test_a_mailbox_that_does_not_exist_is_refused_for_good(tmp_path: Path) -> None:
    async with running_world(tmp_path) as running:
        nobody = mail()
        nobody.replace_header("To", "nobody@refused.example")
        with pytest.raises(aiosmtplib.SMTPDataError, match="550"):
            await send(running, nobody)
        assert running.records("effect") == []
        assert [reply["outcome"] for reply in running.records("world-reply")] == ["refused"]
