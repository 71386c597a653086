"""Uploads that nobody should make: the same twice, two contents under one id at once, and what is no invoice file."""

from __future__ import annotations

from scenarios.workload.adverse_invoices import CANCELLED, CLASHING, PAID, AdverseRows
from scenarios.workload.adverse_operation import Adverse, Sending, upload, upload_of
from scenarios.workload.sample import Rows, as_csv
from scenarios.workload.uploading import CSV, UBL, DatedFile

DOCUMENT, LISTED = "document.csv", "adverse.csv"
"""The files of the adverse invoices: what the UBL document says, told as CSV, and the others."""

OTHER_CONTENT = "other-content"
"""The kind of the upload of another content under the id of an invoice that is known, before that is processed."""

DUE_DAYS = (20, 40)
"""When contents fall due that stand in no file; those of a file do in thirty days."""

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
    other = Adverse(OTHER_CONTENT, CANCELLED, (_content(rows.other, max(DUE_DAYS)),), 0.0, needs=(f"upload/{LISTED}",))
    return [
        Adverse("uploaded-as-csv", PAID, (as_listed,), 0.0, follows=(f"upload/{DOCUMENT}",)),
        Adverse("uploaded-again", PAID, (as_document,), at, follows=(f"upload/{DOCUMENT}",)),
        Adverse("uploaded-at-once", CANCELLED, (twice, twice), 0.0),
        Adverse("two-contents-at-once", CLASHING, clashing, 0.0),
        other,
        Adverse("malformed", "upload", tuple(_malformed(*each) for each in MALFORMED.values()), at),
        Adverse("too-large", "upload", (_too_large(),), at),
    ]


def _content(rows: Rows, due_days: int) -> Sending:
    """A file of one invoice that falls due in so many days."""
    due_seconds = due_days * 86_400
    file = DatedFile(rows, {rows[0]["invoice_id"]: due_seconds})
    return upload({"text": as_csv(rows), "due_seconds": due_seconds}, CSV, lambda: file.content(CSV))


def _malformed(media_type: str, content: bytes) -> Sending:
    return upload({"hex": content.hex()}, media_type, lambda: content)


def _too_large() -> Sending:
    return upload({"bytes": ONE_TOO_MANY_BYTES}, CSV, lambda: b"x" * ONE_TOO_MANY_BYTES)
