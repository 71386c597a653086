"""The world in memory is the one behind sockets: the same requests get the same answers and leave the same record."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from email.message import EmailMessage
from pathlib import Path
from typing import Any, Protocol

import aiosmtplib
import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.record.attachments import AttachmentFolder
from harness.record.journal import read_journal
from harness.record.world_reader import world_part
from scenarios.world.faults import Arrival, Fate
from scenarios.world.holds import HoldPoint
from scenarios.world.host import HOST_CLOCK, Tasks
from scenarios.world.in_memory.world import PORTS, MemoryWorld, memory_world
from scenarios.world.in_process import Running, entry, running_world
from scenarios.world.register import Request

BEHAVE: Mapping[str, Any] = {"refuse": False, "error_rate": 0.0}


class Way(Protocol):
    """A way to one of the two worlds."""

    async def post(self, service: str, path: str, body: Any, key: str | None) -> Any: ...

    async def state(self, payment_id: str) -> Any: ...

    async def mail(self, message: EmailMessage, recipient: str) -> Any: ...

    async def behave(self, service: str, knob: Mapping[str, Any]) -> None: ...

    async def drop(self, nth: int) -> None: ...


def told(response: httpx.Response) -> tuple[Any, ...]:
    return response.status_code, response.content, response.headers.get("idempotent-replayed")


async def asked(call: Callable[[], Any]) -> Any:
    """What a client sees: the answer, or that there is none. How a connection ends is the network's, and not the
    world's."""
    try:
        return await call()
    except (httpx.TransportError, aiosmtplib.SMTPServerDisconnected):
        return "no answer"
    except aiosmtplib.SMTPResponseException as error:
        return type(error).__name__, error.code, error.message


@dataclass(frozen=True)
class OverSockets:
    running: Running

    async def post(self, service: str, path: str, body: Any, key: str | None) -> Any:
        return await _posted(self.running.client, self.running.url(service, path), body, key)

    async def state(self, payment_id: str) -> Any:
        url = self.running.url("payments", f"/payments/{payment_id}")
        return told(await self.running.client.get(url))

    async def mail(self, message: EmailMessage, recipient: str) -> Any:
        port = self.running.ports["smtp"]
        return await _mailed(aiosmtplib.send, message, recipient, port)

    async def behave(self, service: str, knob: Mapping[str, Any]) -> None:
        await self.running.client.put(self.running.url("control", f"/knobs/{service}"), json=dict(knob))

    async def drop(self, nth: int) -> None:
        await self.running.hold("accounting", "book", "drop_ack", nth=nth)


@dataclass
class Told:
    """Faults as the control port would have set them."""

    knobs: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    dropped: set[int] = field(default_factory=set)

    async def arriving(self, request: Request) -> Fate:
        knob = self.knobs.get(request.service, BEHAVE)
        return Fate(0.0, 503 if knob["error_rate"] else None, knob["refuse"])

    async def stand(self, arrival: Arrival, point: HoldPoint) -> bool:
        book = (arrival.request.service, arrival.request.operation) == ("accounting", "book")
        return not (point is HoldPoint.DROP_ACK and book and arrival.ordinal in self.dropped)


@dataclass(frozen=True)
class InMemory:
    world: MemoryWorld
    faults: Told
    client: httpx.AsyncClient

    async def post(self, service: str, path: str, body: Any, key: str | None) -> Any:
        return await _posted(self.client, f"http://127.0.0.1:{PORTS[service]}{path}", body, key)

    async def state(self, payment_id: str) -> Any:
        return told(await self.client.get(f"{self.world.payments_url()}/payments/{payment_id}"))

    async def mail(self, message: EmailMessage, recipient: str) -> Any:
        return await _mailed(self.world.smtp, message, recipient, PORTS["smtp"])

    async def behave(self, service: str, knob: Mapping[str, Any]) -> None:
        self.faults.knobs[service] = knob

    async def drop(self, nth: int) -> None:
        self.faults.dropped.add(nth)


async def _posted(client: httpx.AsyncClient, url: str, body: Any, key: str | None) -> Any:
    headers = {} if key is None else {"Idempotency-Key": key}
    content = {"content": body} if isinstance(body, bytes) else {"json": body}

    async def post() -> Any:
        return told(await client.post(url, headers=headers, **content))

    return await asked(post)


async def _mailed(send: Any, message: EmailMessage, recipient: str, port: int) -> Any:
    async def mail() -> Any:
        connection = {"hostname": "127.0.0.1", "port": port, "timeout": 60.0, "start_tls": False}
        await send(message.as_bytes(), sender="us@example.com", recipients=[recipient], **connection)
        return "accepted"

    return await asked(mail)


Step = Callable[[Way], Any]

KEYS = st.sampled_from([None, "k1", "k2"])
AMOUNTS = st.sampled_from(["115.00", "15.00", "0.00", "1.0", "-1.00"])
PAYMENTS = st.sampled_from(["PAY-1", "PAY-2"])
INVOICES = st.sampled_from(["INV-1", "INV-2"])
BODIES = st.sampled_from([b"", b"{", b"[]", b'{"reference": NaN}', b'{"reference": "INV-1"}'])


def _booking(key: str | None, invoice_id: str, total: str) -> Step:
    return lambda way: way.post("accounting", "/entries", entry(invoice_id, total=total), key)


def _withdrawal(key: str | None, invoice_id: str) -> Step:
    return lambda way: way.post("accounting", "/withdrawals", {"reference": invoice_id}, key)


def _money(path: str, key: str | None, payment_id: str, invoice_id: str, amount: str) -> Step:
    body = {"payment_id": payment_id, "invoice_id": invoice_id, "amount": amount, "currency": "SAR"}
    return lambda way: way.post("payments", path, body, key)


def _raw(path: str, body: bytes, key: str | None) -> Step:
    service = "payments" if path in ("/payments", "/refunds") else "accounting"
    return lambda way: way.post(service, path, body, key)


def _letter(message_id: str, recipient: str, attached: bytes | None) -> Step:
    message = EmailMessage()
    message["Subject"], message["Message-ID"], message["X-Entity-Ref-ID"] = "Invoice INV-1", message_id, "INV-1"
    message.set_content("Dear قهوة,\n\n.\nplease pay.\n")
    if attached is not None:
        message.add_attachment(attached, maintype="application", subtype="pdf", filename="i.pdf")
    return lambda way: way.mail(message, recipient)


def _behaviour(service: str, refuse: bool, errs: bool) -> Step:
    return lambda way: way.behave(service, {"refuse": refuse, "error_rate": float(errs)})


STEPS = st.one_of(
    st.builds(_booking, KEYS, INVOICES, AMOUNTS),
    st.builds(_booking, KEYS, INVOICES, AMOUNTS),
    st.builds(_withdrawal, KEYS, INVOICES),
    st.builds(_money, st.sampled_from(["/payments", "/refunds"]), KEYS, PAYMENTS, INVOICES, AMOUNTS),
    st.builds(_money, st.sampled_from(["/payments", "/refunds"]), KEYS, PAYMENTS, INVOICES, AMOUNTS),
    st.builds(_raw, st.sampled_from(["/entries", "/withdrawals", "/payments", "/refunds", "/none"]), BODIES, KEYS),
    st.builds(
        _letter,
        st.sampled_from(["<1@example.com>", "<2@example.com>"]),
        st.sampled_from(["a@example.com", "a@refused.example"]),
        st.sampled_from([None, b"%PDF", bytes(range(256))]),
    ),
    st.builds(lambda payment_id: lambda way: way.state(payment_id), PAYMENTS),
    st.builds(_behaviour, st.sampled_from(["smtp", "accounting", "payments"]), st.booleans(), st.booleans()),
)

NOT_COMPARED = ("at_seconds", "seq")


def compared(lines: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The lines without their times, and without what is tried again in its own time."""
    kept = (line for line in lines if line["kind"] != "webhook-try")
    return [{name: value for name, value in line.items() if name not in NOT_COMPARED} for line in kept]


async def both(steps: Sequence[Step], dropped: int | None) -> None:
    """Take the same steps in both worlds, and compare what they said and what they wrote."""
    with tempfile.TemporaryDirectory() as folder:
        async with running_world(Path(folder)) as running:
            real = await taken(OverSockets(running), steps, dropped)
            lines, attachments = list(read_journal(running.journal)), dict(AttachmentFolder(running.attachments))
    faults, tasks = Told(), Tasks()
    world = memory_world(HOST_CLOCK, tasks, faults=faults)
    async with httpx.AsyncClient(transport=world.http) as client:
        told = await taken(InMemory(world, faults, client), steps, dropped)
    await tasks.stop()
    assert told == real
    assert compared(world.journal.lines) == compared(lines)
    assert dict(world.attachments) == attachments
    ours, theirs = world.part(), world_part(lines)
    assert [effect.detail for effect in ours.effects] == [effect.detail for effect in theirs.effects]
    assert (
        len(ours.world_attempts) == len(theirs.world_attempts) == sum(line["kind"] == "world-attempt" for line in lines)
    )


async def taken(way: Way, steps: Sequence[Step], dropped: int | None) -> list[Any]:
    if dropped is not None:
        await way.drop(dropped)
    return [await step(way) for step in steps]


@pytest.mark.long
@pytest.mark.timeout(400)
@settings(max_examples=25)
@given(st.lists(STEPS, min_size=1, max_size=14), st.sampled_from([None, None, 1, 2]))
def test_both_say_and_write_the_same(steps: list[Step], dropped: int | None) -> None:
    asyncio.run(both(steps, dropped))


async def test_every_kind_of_answer_is_the_same() -> None:
    book = [_booking("k1", "INV-1", "115.00"), _booking("k1", "INV-1", "115.00"), _booking("k1", "INV-1", "1.00")]
    stop = [_withdrawal("k1", "INV-1"), _withdrawal("k2", "INV-1"), _booking("k2", "INV-1", "115.00")]
    paid = _money("/payments", "k1", "PAY-1", "INV-1", "15.00")
    back = [_money("/refunds", "k2", "PAY-1", "INV-1", amount) for amount in ("15.00", "115.00")]
    mail = [_letter("<1@example.com>", f"a@{domain}", b"%PDF") for domain in ("example.com", "refused.example")]
    bad = [_behaviour("smtp", False, True), mail[0], _behaviour("accounting", True, False), *book]
    await both([*book, *stop, paid, *back, *mail, *mail, lambda way: way.state("PAY-1"), *bad], 1)
