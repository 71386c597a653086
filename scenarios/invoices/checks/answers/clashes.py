"""Of several contents that came at once under one id, the one that was accepted is shown in the end, whole.

Which of them wins is decided by a race, so the answers tell, of which exactly one may accept; everything that is shown
must then be of that content, to the last word and digit. Data flow: answers and final reads → **clashes** →
*answers*.

Not covered: mails and documents of it, for it is never processed. That a content which comes later changes nothing of
them is seen on an invoice whose file was accepted before; *shown*, *letters* and *documents* judge that by its file.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from harness.record.record import Operation, Record
from scenarios.invoices.checks.answers.answered import Json, sure_answers, word_of
from scenarios.invoices.checks.content.bills import Moment, put_in
from scenarios.invoices.checks.content.shown import judge_shown
from scenarios.invoices.oracle.adverse import ACCEPTED
from scenarios.invoices.oracle.bills import ISSUED_BEFORE, Dating, bills

SLACK = timedelta(seconds=1)
"""A file is dated while its operation is under way; the two clocks are read one after the other."""


def is_clash(adverse: Json) -> bool:
    """Whether several contents come under one id."""
    return sum("text" in sending for sending in adverse["sends"]) > 1


def wrong_contents(record: Record, adverse: Json, operation: Operation | None) -> Iterator[str]:
    """What is shown, and is not of the content that was accepted, in words."""
    sends: Sequence[Json] = adverse["sends"]
    answers = sure_answers(operation, len(sends)) or {}
    won = [number for number, answer in answers.items() if word_of(sends[number], answer) == ACCEPTED]
    shown = record.shown.get(adverse["subject"])
    if operation is None or len(won) != 1 or shown is None:
        return
    sending = sends[won[0]]
    dated_at = _dated_at(shown)
    dating = None if dated_at is None else Dating(dated_at, {adverse["subject"]: sending.get("due_seconds")})
    for bill in bills(sending["text"], dating):
        for message in judge_shown(shown, bill, (), ended=False):
            yield f"of the content that was accepted, {message}"
    yield from _wrongly_dated(record, operation, dated_at)


def _dated_at(shown: Mapping[str, Any]) -> datetime | None:
    """When the content was dated, by what is shown; every other instant in it follows from this one."""
    try:
        issued_at = datetime.fromisoformat(str(shown.get("issued_at")))
    except ValueError:
        return None
    return issued_at + ISSUED_BEFORE if issued_at.tzinfo is not None else None


def _wrongly_dated(record: Record, operation: Operation, dated_at: datetime | None) -> Iterator[str]:
    """A content can only have been dated while it was being uploaded."""
    moment = next(_moments(record), None)
    if moment is None or dated_at is None:
        return
    earliest = moment.instant(operation.invoked_seconds)
    latest = dated_at if operation.returned_seconds is None else moment.instant(operation.returned_seconds)
    if not earliest - SLACK <= dated_at <= latest + SLACK:
        where = f"between {earliest.isoformat()} and {latest.isoformat()}"
        yield f"it is shown as dated at {dated_at.isoformat()}, and was uploaded {where}"


def _moments(record: Record) -> Iterator[Moment]:
    return (known.moment for known in record.once(put_in).values() if known.moment is not None)
