"""Files as they are uploaded: re-dated once, when they first are, so that a repetition sends the very same bytes."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

from harness.experiment.site import Caller
from harness.experiment.workload import Answer
from scenarios.invoices.samples.ubl import RIYADH, ubl_document
from scenarios.invoices.workload.sample import Rows, as_csv, redated
from scenarios.kit.calls import Call, api_url, call

CSV, UBL = "text/csv", "application/xml"


class DatedFile:
    """The rows of a file, with instants counted from the moment at which it was first wanted.

    :param due_seconds: invoice id → seconds after that moment; ``None``, or none: 30 days.
    :param from_midnight: count from the last midnight instead: UBL can say no other instant to be due at.
    :param due_zone: where that midnight is, and what the UBL document states behind the day on which its invoice is
        due; ``None``: in Riyadh, and nothing.
    """

    def __init__(
        self,
        rows: Rows,
        due_seconds: Mapping[str, float | None] | None = None,
        *,
        from_midnight: bool = False,
        due_zone: timezone | None = None,
    ) -> None:
        self._rows = rows
        self._due_seconds = due_seconds or {}
        self._from_midnight = from_midnight
        self._due_zone = due_zone
        self._dated: Rows = []
        self._moment: dict[str, Any] = {}

    def content(self, media_type: str, only: str | None = None) -> bytes:
        """The file as CSV, or as the UBL document that says the same of its one invoice.

        :param only: of this invoice alone.
        """
        rows = self.rows(only)
        return (as_csv(rows) if media_type == CSV else ubl_document(rows, self._due_zone)).encode()

    def rows(self, only: str | None = None) -> Rows:
        """What stands in the file, as it is dated.

        :param only: of this invoice alone.
        """
        return [row for row in self._draw() if only in (None, row["invoice_id"])]

    @property
    def moment(self) -> Mapping[str, Any]:
        """What the instants are counted from: ``dated_at`` (UTC), ``dated_at_seconds`` (CLOCK_MONOTONIC)."""
        self._draw()
        return self._moment

    def _draw(self) -> Rows:
        if not self._dated:
            now = datetime.fromtimestamp(time.time(), UTC)
            midnight = now.astimezone(self._due_zone or RIYADH).replace(hour=0, minute=0, second=0, microsecond=0)
            back = now - midnight if self._from_midnight else timedelta(0)
            seconds = time.monotonic() - back.total_seconds()
            self._moment = {"dated_at": (now - back).isoformat(), "dated_at_seconds": round(seconds, 6)}
            self._dated = redated(self._rows, self._due_seconds, now - back)
        return self._dated


def ask_to_upload(file: DatedFile, media_type: str = CSV) -> Call:
    """Upload a file. With the moment that its instants were counted from, the oracle knows every instant in it."""

    async def ask(caller: Caller) -> Answer:
        content = file.content(media_type)
        answer = await call(
            caller, "POST", f"{api_url(caller)}/invoices", content=content, headers={"Content-Type": media_type}
        )
        return replace(answer, detail={**answer.detail, **file.moment})

    return ask
