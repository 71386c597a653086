"""An adverse operation: a thing that nobody should try, as a value, and in words in which the oracle hears of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from harness.experiment.workload import PlannedOperation
from scenarios.invoices.samples.generate import amount_text
from scenarios.invoices.workload.adverse_calls import Asking, Request, Wait, Webhook, get, post
from scenarios.invoices.workload.uploading import DatedFile
from scenarios.kit.calls import Call

NAME = "adverse"
"""The name of all of them in the record; their kind is in the id."""

GIVE_UP_SECONDS = 120.0
"""They wait for each other, and for the ends of their invoices, which an outage may put off."""

OPEN, ENDED, WHENEVER = "open", "ended", "whenever"
"""When it is tried: the invoice surely has not ended before the answer, or surely before it was asked, or either."""


@dataclass(frozen=True)
class Sending:
    """One request of an operation: what it sends, in plain JSON, and how."""

    told: Mapping[str, Any]
    request: Request


@dataclass(frozen=True)
class Adverse:
    """One operation of one kind on one subject (an invoice, or a word where there is none); its requests go at once."""

    kind: str
    subject: str
    sends: tuple[Sending, ...]
    after_seconds: float
    moment: str = WHENEVER
    needs: tuple[str, ...] = ()
    follows: tuple[str, ...] = ()
    wait: Wait | None = None
    call: Call | None = None
    give_up_seconds: float = GIVE_UP_SECONDS

    @property
    def operation_id(self) -> str:
        """Unique in a run: each kind is tried once on a subject."""
        return f"{NAME}/{self.kind}/{self.subject}"

    def told(self) -> dict[str, Any]:
        """For the oracle. No secret is in it: how a webhook is signed is said in a word."""
        return {
            "id": self.operation_id,
            "kind": self.kind,
            "subject": self.subject,
            "moment": self.moment,
            "sends": [dict(sending.told) for sending in self.sends],
        }

    def planned(self) -> PlannedOperation:
        """As part of a schedule."""
        return PlannedOperation(
            operation_id=self.operation_id,
            name=NAME,
            subject=self.subject,
            after_seconds=round(self.after_seconds, 3),
            call=self.call or Asking([sending.request for sending in self.sends], self.wait),
            needs=self.needs,
            follows=self.follows,
            give_up_seconds=self.give_up_seconds,
        )


def webhook(
    payment: Mapping[str, Any], signed: str = "well", request: Request | None = None, *, cut: bool = False
) -> Sending:
    """A webhook of the provider, or of somebody who would like to be it.

    :param request: how it is sent, if not by signing what is told.
    :param cut: whether its last byte is missing.
    """
    told = {"webhook": dict(payment), "signed": signed, **({"cut": 1} if cut else {})}
    return Sending(told, request or Webhook(payment, signed, cut=cut))


def process(invoice_id: str) -> Sending:
    """Have it processed."""
    return Sending({"process": invoice_id}, post(f"{_path(invoice_id)}/process"))


def cancel(invoice_id: str, body: Mapping[str, Any]) -> Sending:
    """Cancel it."""
    return Sending({"cancel": invoice_id, "body": dict(body)}, post(f"{_path(invoice_id)}/cancel", json=dict(body)))


def show(invoice_id: str) -> Sending:
    """Have it shown."""
    return Sending({"show": invoice_id}, get(_path(invoice_id)))


def _path(invoice_id: str) -> str:
    """An id need not look like one."""
    return f"/invoices/{quote(invoice_id, safe='')}"


def upload(told: Mapping[str, Any], media_type: str, content: Callable[[], bytes]) -> Sending:
    """Upload something; ``content`` is asked when it is sent."""

    async def send(caller: Any) -> Any:
        headers = {"Content-Type": media_type}
        return await post("/invoices", content=content(), headers=headers)(caller)

    return Sending({"content_type": media_type, **told}, send)


def upload_of(name: str, file: DatedFile, media_type: str, only: str) -> Sending:
    """One invoice of a file of the run, in the words of this media type."""
    return upload({"file": name, "only": only}, media_type, lambda: file.content(media_type, only))


def amount(units: int, digits: int) -> str:
    """Minor units as a plain decimal, which may be negative."""
    return f"-{amount_text(-units, digits)}" if units < 0 else amount_text(units, digits)
