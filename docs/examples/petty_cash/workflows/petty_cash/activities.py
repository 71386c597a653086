"""The activities of petty cash."""

from __future__ import annotations

from dataclasses import dataclass

from temporalio import activity

from workflows.gateways.ports import Accounting, Entry, Posting
from workflows.kit.money import Money
from workflows.petty_cash.model import MOST, Voucher


@dataclass(frozen=True)
class PettyCashActivities:
    """The activities, bound to accounting."""

    accounting: Accounting

    @activity.defn
    async def check_voucher(self, voucher: Voucher) -> bool:
        """Whether so much may be paid out of the box. Touches nothing."""
        return voucher.amount.currency == MOST.currency and Money.zero(MOST.currency) < voucher.amount <= MOST

    @activity.defn
    async def book_voucher(self, voucher: Voucher) -> str:
        """Book it, exactly once: the key is made of the voucher. Returns the entry's id."""
        nothing = Money.zero(voucher.amount.currency)
        postings = (
            Posting("expenses", voucher.amount, nothing),
            Posting("petty-cash", nothing, voucher.amount),
        )
        entry = Entry(voucher.voucher_id, "petty-cash", voucher.purpose, postings)
        return await self.accounting.book(entry, idempotency_key=f"petty-cash/{voucher.voucher_id}")
