"""What was answered to an adverse operation, and the oracle's word for each answer.

Data flow: operations of the record → **answered** → *answers*.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from harness.record.record import Operation
from scenarios.invoices.oracle.adverse import ACCEPTED, REFUSED

Json = Mapping[str, Any]


def sure_answers(operation: Operation | None, requests: int) -> dict[int, Json] | None:
    """The sure answers by the number of their request; ``None`` unless there is one to each."""
    told = {each["request"]: each for each in operation.detail.get("answers", ())} if operation else {}
    return told if len(told) == requests else None


def word_of(sending: Json, answer: Json) -> str:
    """The answer in the oracle's word for it."""
    status, body = answer["status"], answer["body"]
    if "pay" in sending and status == 201:
        return str(body["state"])
    if "content_type" not in sending or status != 200 or not isinstance(body, dict):
        return str(status)
    accepted, refused = body.get("accepted"), body.get("refused")
    if accepted and not refused:
        return ACCEPTED
    return REFUSED if refused and not accepted else f"accepted {accepted} and refused {refused}"
