"""One voucher: checked, and booked. A booking that fails for good is held until somebody resumes it."""

from __future__ import annotations

from temporalio import workflow
from temporalio.exceptions import ActivityError, is_cancelled_exception

with workflow.unsafe.imports_passed_through():
    from workflows.kit.retry import ORDINARY
    from workflows.kit.status import BUSINESS_STATUS
    from workflows.petty_cash.activities import PettyCashActivities
    from workflows.petty_cash.model import Status, Voucher


@workflow.defn
class PettyCash:
    """Books a voucher once."""

    def __init__(self) -> None:
        self._resumed_count = 0

    @workflow.run
    async def run(self, voucher: Voucher) -> str:
        """Return the status with which it ended."""
        if not await workflow.execute_activity_method(PettyCashActivities.check_voucher, voucher, **ORDINARY):
            return self._show(Status.REFUSED)
        self._show(Status.BOOKING)
        while not await self._booked(voucher):
            await self._resumption()
        return self._show(Status.BOOKED)

    @workflow.signal
    def resume(self) -> None:
        """Let a held booking be tried again; while none is held it says nothing."""
        self._resumed_count += 1

    async def _resumption(self) -> None:
        resumed_before = self._resumed_count
        self._show(Status.HELD)
        await workflow.wait_condition(lambda: self._resumed_count > resumed_before)
        self._show(Status.BOOKING)

    async def _booked(self, voucher: Voucher) -> bool:
        try:
            await workflow.execute_activity_method(PettyCashActivities.book_voucher, voucher, **ORDINARY)
        except ActivityError as error:
            if is_cancelled_exception(error):
                raise
            return False
        return True

    def _show(self, status: Status) -> str:
        workflow.upsert_search_attributes([BUSINESS_STATUS.value_set(status)])
        return status
