"""Cancelling for another reason, while the first cancellation is being carried out: the first reason stands.

That the first was accepted is known when the application shows that money went back, or when it answers. Until then
nobody asks a second time, or it could be the second that comes first.
"""

from __future__ import annotations

import asyncio
from decimal import Decimal

from harness.experiment.site import Caller
from harness.experiment.workload import Answer
from harness.record.record import Outcome
from scenarios.invoices.workload.adverse_operation import Adverse, cancel
from scenarios.kit.calls import Call, api_url, call

OTHER_REASON = "the goods came broken"
LOOKS, LOOK_AGAIN_SECONDS = 100, 0.1
"""What is left to be undone after the money takes about half a second, so it is looked for more often than that."""

GIVE_UP_SECONDS = 300.0
"""As long as the first cancellation is asked for: an outage may put it off."""


class FirstCancelling:
    """Knows whether the first cancellation of an invoice was accepted, or else was answered."""

    def __init__(self, invoice_id: str) -> None:
        self._invoice_id = invoice_id
        self._asked = self._answered = False

    def watched(self, first: Call) -> Call:
        """The call of the first cancellation, whose answer is noticed."""

        async def ask(caller: Caller) -> Answer:
            self._asked = True
            answer = await first(caller)
            self._answered = self._answered or answer.outcome is not Outcome.UNKNOWN
            return answer

        return ask

    async def wait(self, caller: Caller) -> str | None:
        """Look for a while whether it was accepted; there is nothing to be seen before it is asked for."""
        for _ in range(LOOKS):
            if self._answered or (self._asked and await self._shows_money_back(caller)):
                return None
            await asyncio.sleep(LOOK_AGAIN_SECONDS)
        return f"nothing shows that the cancellation of {self._invoice_id} was accepted"

    async def _shows_money_back(self, caller: Caller) -> bool:
        shown = await call(caller, "GET", f"{api_url(caller)}/invoices/{self._invoice_id}")
        refunded = shown.detail.get("refunded")
        return isinstance(refunded, str) and Decimal(refunded) > 0


def for_another_reason(first: FirstCancelling, invoice_id: str, at: float, needs: tuple[str, ...]) -> Adverse:
    """A second cancellation beside the first."""
    sends = (cancel(invoice_id, {"reason": OTHER_REASON}),)
    return Adverse(
        "cancelled-for-another-reason",
        invoice_id,
        sends,
        at,
        needs=needs,
        wait=first.wait,
        give_up_seconds=GIVE_UP_SECONDS,
    )
