"""Uploads that nobody should make: the same twice, two contents at once, what is no invoice file or is not billed."""

from __future__ import annotations

from scenarios.invoices.workload.adverse_documents import with_what_is_not_billed
from scenarios.invoices.workload.adverse_invoices import (
    CANCELLED,
    CLASHING,
    DISCOUNTED,
    MISLABELLED,
    PAID,
    AdverseRows,
    with_other_goods,
)
from scenarios.invoices.workload.adverse_operation import Adverse, Sending, cancel, process, show, upload, upload_of
from scenarios.invoices.workload.calls import CANCEL_REASON
from scenarios.invoices.workload.sample import Rows, as_csv
from scenarios.invoices.workload.uploading import CSV, UBL, DatedFile

DOCUMENT, ZONED_DOCUMENT, LISTED = "document.csv", "zoned-document.csv", "adverse.csv"
"""The files of the adverse invoices: what the UBL documents say, told as CSV, and the others."""

OTHER_CONTENT, OTHER_GOODS = "other-content", "other-goods"
"""The kinds of the uploads of other contents under the id of an invoice that is known, before that is processed."""

DUE_DAYS = (20, 40)
"""When contents fall due that stand in no file; those of a file do in thirty days."""

ODD_IDS = (
    *("../ADV-0001", "ADV/0010", "ADV 0010", "-ADV-0010", "%41DV-0010", "ADV-0010';--"),
    *("ADV-\u0660\u0661", "ADV\u200b10", "A" * 65),
)
"""Ids that would be something else in a path, in a query, in a log, or to the eye."""

MISNAMED = (
    *("", "application/json", "multipart/form-data; boundary=x", "text/csv; charset=windows-1256"),
    "text/csv; charset=utf-16",
)
"""Media types of which none is read, whatever stands in the body."""

ONE_TOO_MANY_BYTES = 8 * 1024 * 1024 + 1

MALFORMED = {
    "not-xml": (UBL, b"<Invoice><cbc:ID>ADV-0001"),
    "not-ubl": (UBL, b'<?xml version="1.0"?><order><id>ADV-0001</id></order>'),
    "not-csv": (CSV, b"invoice_id;customer_name\nADV-0001;Nobody\n"),
    "not-utf8": (CSV, "invoice_id,customer_name\nADV-0001,Zoë\n".encode("latin-1")),
    "media-type": ("text/plain", b"ADV-0001"),
}


def on_uploads(rows: AdverseRows, document: DatedFile, listed: DatedFile, at: float) -> list[Adverse]:
    """The document is uploaded as CSV, too, and once more; what is listed twice at once, and with other contents."""
    as_listed = upload_of(DOCUMENT, document, CSV, PAID)
    as_document = upload_of(DOCUMENT, document, UBL, PAID)
    twice = upload_of(LISTED, listed, CSV, CANCELLED)
    clashing = tuple(_content(each, days) for each, days in zip(rows.clashing, DUE_DAYS, strict=True))
    others = {
        OTHER_CONTENT: _content(rows.other, max(DUE_DAYS)),
        OTHER_GOODS: upload(
            {"text": as_csv(with_other_goods([row for row in rows.listed if row["invoice_id"] == CANCELLED]))},
            CSV,
            lambda: as_csv(with_other_goods(listed.rows(CANCELLED))).encode(),
        ),
    }
    return [
        Adverse("uploaded-as-csv", PAID, (as_listed,), 0.0, follows=(f"upload/{DOCUMENT}",)),
        Adverse("uploaded-again", PAID, (as_document,), at, follows=(f"upload/{DOCUMENT}",)),
        Adverse("uploaded-at-once", CANCELLED, (twice, twice), 0.0),
        Adverse("two-contents-at-once", CLASHING, clashing, 0.0),
        *(Adverse(each, CANCELLED, (sends,), 0.0, needs=(f"upload/{LISTED}",)) for each, sends in others.items()),
        Adverse("malformed", "upload", tuple(_malformed(*each) for each in MALFORMED.values()), at),
        Adverse("too-large", "upload", (_too_large(),), at),
    ]


def _content(rows: Rows, due_days: int) -> Sending:
    """A file of one invoice that falls due in so many days."""
    due_seconds = due_days * 86_400
    file = DatedFile(rows, {rows[0]["invoice_id"]: due_seconds})
    return upload({"text": as_csv(rows), "due_seconds": due_seconds}, CSV, lambda: file.content(CSV))


def on_what_is_refused(mislabelled: Rows, at: float) -> list[Adverse]:
    """Documents that count what is not billed, files that are called something else, and ids that are none.

    Of each of them nothing is known afterwards: it is not shown, not processed, and not cancelled.
    """
    text = as_csv(mislabelled)
    documents = with_what_is_not_billed(mislabelled[0])
    odd = {each: as_csv([{**row, "invoice_id": each} for row in mislabelled]) for each in ODD_IDS}
    tries = [
        Adverse("not-billed", DISCOUNTED, tuple(_written(UBL, *each) for each in documents.items()), at),
        Adverse("misnamed", MISLABELLED, tuple(_written(each, "a good file", text) for each in MISNAMED), at),
        Adverse("odd-ids", "ids", tuple(_written(CSV, f"the id {each}", text) for each, text in odd.items()), at),
    ]
    ids = ((DISCOUNTED,), (MISLABELLED,), ODD_IDS)
    reason = {"reason": CANCEL_REASON}
    return [
        *tries,
        *(
            Adverse(
                "nothing-of-it",
                each.subject,
                tuple(ask for name in names for ask in (show(name), process(name), cancel(name, reason))),
                at,
                follows=(each.operation_id,),
            )
            for each, names in zip(tries, ids, strict=True)
        ),
    ]


def _written(media_type: str, holds: str, text: str) -> Sending:
    return upload({"holds": holds, "document": text}, media_type, text.encode)


def _malformed(media_type: str, content: bytes) -> Sending:
    return upload({"hex": content.hex()}, media_type, lambda: content)


def _too_large() -> Sending:
    return upload({"bytes": ONE_TOO_MANY_BYTES}, CSV, lambda: b"x" * ONE_TOO_MANY_BYTES)
