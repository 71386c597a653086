"""The effect of a report: the mail to each recipient, known by its subject.

Pages of the sources that are read are no effects, and what is archived lies in the application's own books.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from scenarios.kit.effects import Effects

SUBJECT_BEGINS = "Receivables report "


def kind_of(service: str, operation: str, detail: Mapping[str, Any]) -> str | None:
    """The kind of an effect, or of a request for one.

    :param detail: its content; of a request that could not be read it is empty, and then there is no kind either.
    """
    is_mail = (service, operation) == ("smtp", "mail")
    return "mail:report" if is_mail and str(detail.get("subject", "")).startswith(SUBJECT_BEGINS) else None


EFFECTS = Effects({("smtp", "mail"): ("mail:report",)}, kind_of)
