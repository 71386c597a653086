"""The workload of every claim on reports: books are opened, invoices uploaded, and reports of them asked for.

Some reports come again, as they were or with another content, some while they are being made; beside them comes what
is no report. ``describe`` is all that the oracle gets.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from typing import Any

from harness.experiment.site import Site
from harness.experiment.workload import PlannedOperation
from harness.record.record import Outcome
from harness.seed import Seed
from scenarios.kit.calls import resume_held, until_answered
from scenarios.reports.workload.adverse import CHANGES, NONSENSE
from scenarios.reports.workload.calls import (
    ask_for_report,
    ask_to_open,
    ask_to_resume,
    ask_to_upload,
    files_shown,
    parts_of,
    workflow_id,
)
from scenarios.reports.workload.ledger import INSTANTS, draw_ledger
from scenarios.world import MAIL_SENDER

CANARIES = 1
RECIPIENTS = tuple(f"{name}@traf3li.example" for name in ("cfo", "auditor", "board", "bank"))
RIYADH = timezone(timedelta(hours=3))
SOON_SECONDS = 3.0
OUTSIDE_LATENCY_SECONDS = 0.1
SHOWN_WITHIN_SECONDS = 30.0
EMPTY = datetime.fromisoformat("2020-01-01T00:00:00+00:00")
"""Nothing had been booked yet."""


class ReportWorkload:
    """``count`` reports of a company with ``invoices`` invoices, at ``rate_per_second``; one more is the canary.

    :param adverse: ask for what nobody should, too.
    """

    def __init__(self, seed: Seed, *, count: int, rate_per_second: float, invoices: int, adverse: bool = True) -> None:
        self._ledger = draw_ledger(seed.stream("data"), invoices)
        self._rate_per_second = rate_per_second
        self._adverse = adverse
        draw = seed.stream("reports")
        self._reports = [_report(draw, number) for number in range(count + CANARIES)]

    def describe(self) -> Mapping[str, Any]:
        """The books as they are opened, the file, and every report."""
        return {
            "entries": self._ledger.entries,
            "settlements": self._ledger.settlements,
            "file": self._ledger.file(),
            "reports": self._reports,
            "sender": MAIL_SENDER,
            "rate_per_second": self._rate_per_second,
        }

    async def prepare(self, site: Site) -> None:
        """Give the outside the latency that it has in life: at once answered, a worker cannot be killed in a read."""
        if site.world is not None:
            for service in ("smtp", "accounting", "payments"):
                await site.world.set_knob(service, latency_seconds=OUTSIDE_LATENCY_SECONDS)

    def canaries(self) -> Sequence[PlannedOperation]:
        """The books are opened, and the first report is made of them."""
        opening = list(self.opening())
        needs = tuple(each.operation_id for each in opening)
        return [*opening, *(_operation(report, 0.0, needs) for report in self._reports[:CANARIES])]

    def operations(self) -> Sequence[PlannedOperation]:
        """All other reports, at the open rate; what comes again; what must be refused a little apart."""
        return list(self._asked(self._reports[CANARIES:], ()))

    def opening(self) -> Iterator[PlannedOperation]:
        """What has to be there before a report is made."""
        yield PlannedOperation("upload/books", "upload", "books", 0.0, ask_to_upload(self._ledger.file()))
        for service, field in (("accounting", "entries"), ("payments", "settlements")):
            for number, part in enumerate(parts_of(getattr(self._ledger, field))):
                key = f"opening-{service}-{number}"
                yield PlannedOperation(f"open/{key}", "open", key, 0.0, ask_to_open(service, field, part, key))

    def all_operations(self) -> Sequence[PlannedOperation]:
        """Everything without canaries: where nothing can be wrong with the machine."""
        opening = list(self.opening())
        return [*opening, *self._asked(self._reports, tuple(each.operation_id for each in opening))]

    def _asked(self, reports: Sequence[Mapping[str, Any]], needs: tuple[str, ...]) -> Iterator[PlannedOperation]:
        for number, report in enumerate(reports):
            yield _operation(report, number / self._rate_per_second, needs)
        if not self._adverse:
            return
        # What says when it is of at the moment of asking would be another report each time.
        fixed = [each for each in reports if each["as_of"] is not None]
        for number, report in enumerate(fixed[: len(CHANGES)]):
            at = number / self._rate_per_second + 0.2
            in_riyadh = datetime.fromisoformat(report["as_of"]).astimezone(RIYADH).isoformat()
            yield _again("repeated", report, {"as_of": in_riyadh}, at)
            yield _again("changed", report, CHANGES[number], at + 0.1)
            yield replace(_again("resume", report, {}, at), call=ask_to_resume(report["report_id"]))
        for number, body in enumerate(NONSENSE):
            asking = ask_for_report(body)
            yield PlannedOperation(f"nonsense/{number}", "nonsense", f"NO-{number}", 0.3 + 0.1 * number, asking)

    async def settle(self, site: Site) -> bool:
        """Resume what is held; nothing outside is ever under way."""
        await resume_held(site)
        return True

    async def read_back(self, site: Site) -> Mapping[str, Mapping[str, Any]]:
        """Each report as the API shows it, with both files in Base64."""
        shown = {}
        for report in self._reports:
            path = f"/reports/{report['report_id']}"
            answer = await until_answered(site, path, within_seconds=SHOWN_WITHIN_SECONDS)
            if answer.outcome is Outcome.OK:
                shown[report["report_id"]] = {**answer.detail, "files": await files_shown(site, path)}
        return shown


def _report(draw: random.Random, number: int) -> Mapping[str, Any]:
    """Of each instant in turn; the fifth of nothing, and the sixth of an instant that is about to come."""
    soon = number % 8 == 5
    as_of = EMPTY if number % 8 == 4 else INSTANTS[(number + 1) % len(INSTANTS)]
    return {
        "report_id": f"RR-{number + 1}",
        "as_of": None if soon else as_of.isoformat(),
        "in_seconds": SOON_SECONDS if soon else None,
        "recipients": draw.sample(RECIPIENTS, draw.randint(1, 3)),
    }


def _body(report: Mapping[str, Any]) -> Mapping[str, Any]:
    return {name: value for name, value in report.items() if name != "in_seconds" and value is not None}


def _operation(report: Mapping[str, Any], after_seconds: float, needs: tuple[str, ...]) -> PlannedOperation:
    subject = report["report_id"]
    asking = ask_for_report(_body(report), report["in_seconds"])
    return PlannedOperation(
        f"report/{subject}", "report", subject, after_seconds, asking, needs, workflow_id=workflow_id(subject)
    )


def _again(name: str, report: Mapping[str, Any], change: Mapping[str, Any], after_seconds: float) -> PlannedOperation:
    subject = report["report_id"]
    asking = ask_for_report({**_body(report), **change})
    return PlannedOperation(f"{name}/{subject}", name, subject, after_seconds, asking, (f"report/{subject}",))
