"""Vouchers at an open rate: every eighth asks for more than the box may pay, or less than nothing.

Some are no vouchers, and some come again: as they were, which changes nothing, and with another content, which must be
refused.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from harness.experiment.site import Caller, Site
from harness.experiment.workload import Answer, PlannedOperation
from harness.seed import Seed
from scenarios.kit.calls import Call, api_url, call, resume_held

Voucher = Mapping[str, str]
CANARIES = 2
EDGES: Mapping[int, Voucher] = {
    5: {"amount": "500.00"},
    6: {"amount": "500.01"},
    8: {"amount": "0.00"},
    9: {"currency": "USD"},
}
"""What some vouchers ask for whatever the seed: all that is permitted, a halala more, nothing, and another currency."""
NONSENSE: Sequence[Mapping[str, Any]] = (
    {"voucher_id": "NO-1", "purpose": "tea", "currency": "SAR"},
    {"voucher_id": "NO-2", "purpose": "tea", "amount": "12,50", "currency": "SAR"},
    {"voucher_id": "NO-3", "purpose": "tea", "amount": "12.50", "currency": "TEA"},
    {"voucher_id": "NO-4", "purpose": None, "amount": "12.50", "currency": "SAR"},
    {"voucher_id": "", "purpose": "tea", "amount": "12.50", "currency": "SAR"},
    {"voucher_id": "N" * 1500, "purpose": "tea", "amount": "12.50", "currency": "SAR"},
    {"purpose": "tea", "amount": "12.50", "currency": "SAR"},
)
"""What is no voucher."""
CHANGES: Sequence[Voucher] = ({"amount": "1.23"}, {"purpose": "cake"}, {"currency": "USD"})
"""What the first vouchers say when they come again under their ids."""


class VoucherWorkload:
    """``count`` vouchers, begun at ``rate_per_second``."""

    def __init__(self, seed: Seed, *, count: int, rate_per_second: float) -> None:
        draw = seed.stream("data")
        self._rate_per_second = rate_per_second
        self._vouchers = [
            {
                "voucher_id": f"PC-{number:04}",
                "purpose": draw.choice(("tea", "stamps", "taxi", "قهوة")),
                "amount": _amount(number, draw),
                "currency": "SAR",
                **EDGES.get(number, {}),
            }
            for number in range(count + CANARIES)
        ]

    def describe(self) -> Mapping[str, Any]:
        """The vouchers."""
        return {"vouchers": self._vouchers, "nonsense": NONSENSE, "rate_per_second": self._rate_per_second}

    async def prepare(self, site: Site) -> None:
        """Give accounting the latency that it has in life."""
        if site.world is not None:
            await site.world.set_knob("accounting", latency_seconds=0.1)

    def canaries(self) -> Sequence[PlannedOperation]:
        """The first vouchers, at once."""
        return [_operation(voucher, 0.0) for voucher in self._vouchers[:CANARIES]]

    def operations(self) -> Sequence[PlannedOperation]:
        """All others, at the open rate; what comes again and what must be refused a second apart."""
        others = self._vouchers[CANARIES:]
        good = [_operation(voucher, number / self._rate_per_second) for number, voucher in enumerate(others)]
        changed = [{**voucher, **change} for voucher, change in zip(others, CHANGES, strict=False)]
        apart = [
            *enumerate(_nonsense(number, body) for number, body in enumerate(NONSENSE)),
            *enumerate(_again("changed", voucher) for voucher in changed),
            *enumerate(_again("repeated", voucher) for voucher in others[: len(CHANGES)]),
        ]
        return [*good, *(replace(operation, after_seconds=1.0 + number) for number, operation in apart)]

    async def settle(self, site: Site) -> bool:
        """Resume what is held; nothing outside is ever under way."""
        await resume_held(site)
        return True

    async def read_back(self, site: Site) -> Mapping[str, Mapping[str, Any]]:
        """The application shows nothing of vouchers."""
        return {}


def _operation(voucher: Voucher, after_seconds: float) -> PlannedOperation:
    subject = voucher["voucher_id"]
    return PlannedOperation(
        f"voucher/{subject}", "voucher", subject, after_seconds, _ask(voucher), workflow_id=f"petty-cash/{subject}"
    )


def _nonsense(number: int, body: Mapping[str, Any]) -> PlannedOperation:
    return PlannedOperation(f"nonsense/{number}", "nonsense", f"NO-{number}", 0.0, _ask(body))


def _again(name: str, voucher: Voucher) -> PlannedOperation:
    subject = voucher["voucher_id"]
    needs = (f"voucher/{subject}",)
    return PlannedOperation(f"{name}/{subject}", name, subject, 0.0, _ask(voucher), needs)


def _amount(number: int, draw: random.Random) -> str:
    """In halalas: what is always whole would hide who drops them."""
    sign = "-" if number % 16 == 15 else ""
    halalas = draw.randint(50_001, 90_000) if number % 16 == 7 else draw.randint(1, 50_000)
    return f"{sign}{halalas // 100}.{halalas % 100:02}"


def _ask(body: Mapping[str, Any]) -> Call:
    async def ask(caller: Caller) -> Answer:
        return await call(caller, "POST", f"{api_url(caller)}/petty-cash", json=dict(body))

    return ask
