"""The effects of reports: the mail to each recipient, and the two files in the archive.

Told apart by what the world receives: the subject of a mail, and the type of a file. Pages of the sources that are read
are no effects.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from scenarios.kit.effects import Effects

SUBJECT_BEGINS = "Receivables report "

STORED = {
    "application/pdf": "store:report-pdf",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "store:report-workbook",
}
"""The type of a file -> the kind of effect by which it is stored."""


def kind_of(service: str, operation: str, detail: Mapping[str, Any]) -> str | None:
    """The kind of an effect, or of a request for one.

    :param detail: its content; of a request that could not be read it is empty, and then there is no kind either.
    """
    match service, operation:
        case "smtp", "mail" if str(detail.get("subject", "")).startswith(SUBJECT_BEGINS):
            return "mail:report"
        case "storage", "store":
            return STORED.get(detail.get("content_type", ""))
    return None


EFFECTS = Effects({("smtp", "mail"): ("mail:report",), ("storage", "store"): tuple(STORED.values())}, kind_of)
