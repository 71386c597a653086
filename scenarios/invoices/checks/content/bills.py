"""What stands in each invoice that a run put in, and what the clock of this host says of its instants.

Data flow: record → **bills** → letters, documents, shown, results. Files are re-dated when they are uploaded; the
upload's answer says from which moment its instants were counted, in UTC and on the host's clock.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from harness.record.record import Operation, Outcome, Record
from scenarios.invoices.oracle.bills import Bill, Dating, bills


@dataclass(frozen=True)
class Moment:
    """One moment on two clocks: in UTC, and in seconds of the host's ``CLOCK_MONOTONIC``."""

    at: datetime
    at_seconds: float

    def seconds(self, instant: datetime) -> float:
        """An instant on the host's clock."""
        return self.at_seconds + (instant - self.at).total_seconds()

    def instant(self, seconds: float) -> datetime:
        """What the host's clock showed, as an instant."""
        return self.at + timedelta(seconds=seconds - self.at_seconds)


@dataclass(frozen=True)
class PutIn:
    """One invoice that was put in. ``moment`` is when its file was re-dated, ``None``: it was uploaded as it stands."""

    bill: Bill
    moment: Moment | None


def put_in(record: Record) -> Mapping[str, PutIn]:
    """Every invoice of the run's files that is not refused, by its id. Ask with ``record.once``."""
    due_seconds = {customer["invoice_id"]: customer["due_seconds"] for customer in record.input["customers"]}
    uploads = {each.subject: each for each in record.operations if each.name == "upload"}
    found: dict[str, PutIn] = {}
    for file, text in record.input["files"].items():
        moment = _moment(uploads.get(file))
        dating = None if moment is None else Dating(moment.at, due_seconds)
        found.update((bill.invoice_id, PutIn(bill, moment)) for bill in bills(text, dating))
    return found


def accepted(record: Record) -> frozenset[str]:
    """The ids that the API said it took. What it should have taken is the uploads check's business."""
    uploads = [each for each in record.operations if each.name == "upload" and each.outcome is Outcome.OK]
    return frozenset(invoice_id for upload in uploads for invoice_id in upload.detail.get("accepted", ()))


def _moment(upload: Operation | None) -> Moment | None:
    if upload is None or "dated_at" not in upload.detail:
        return None
    return Moment(datetime.fromisoformat(upload.detail["dated_at"]), upload.detail["dated_at_seconds"])
