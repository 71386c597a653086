"""Money is moved between two accounts, each step under a key of its own, and moved back where the second is refused."""

from __future__ import annotations

from harness.foreign.testing_sample import GENERIC, Sample
from harness.foreign.testing_shop import Shop

BANK = """\
import sqlite3
from pathlib import Path

FILE = Path(__file__).with_name("bank.db")

def connect():
    bank = sqlite3.connect(FILE, timeout=30.0)
    bank.execute("create table if not exists moved (key text primary key, account text, amount int)")
    return bank

def move(key, account, amount):
    with connect() as bank:
        bank.execute("insert or ignore into moved values (?, ?, ?)", (key, account, amount))

def balance(account):
    return connect().execute("select coalesce(sum(amount), 0) from moved where account = ?", (account,)).fetchone()[0]
"""
TRANSFER = """\
import bank

def key(step):
    return f"{activity.info().workflow_id}/{step}"

@activity.defn
async def withdraw(order: str) -> None:
    bank.move(key("withdraw"), f"from-{order}", -100)
    await asyncio.sleep(0.3)

@activity.defn
async def deposit(order: str) -> None:
    bank.move(key("deposit"), f"to-{order}", 100)
    await asyncio.sleep(0.3)
    if order == "3":
        raise ApplicationError("no such account", type="InvalidAccount", non_retryable=True)

@activity.defn
async def refund(order: str) -> None:
    bank.move(key("refund"), f"from-{order}", 100)
    bank.move(key("take back"), f"to-{order}", -100)

@workflow.defn
class Order:
    @workflow.run
    async def run(self, order: str) -> str:
        with_retries = {"start_to_close_timeout": FIVE, "retry_policy": RetryPolicy(maximum_attempts=5)}
        await workflow.execute_activity(withdraw, order, **with_retries)
        try:
            await workflow.execute_activity(deposit, order, **with_retries)
        except Exception:
            await workflow.execute_activity(refund, order, **with_retries)
            raise
        return "moved"

class app:
    queues = {"orders": Queue((Order,), ("withdraw", "deposit", "refund"))}
    activities = staticmethod(lambda ports: [withdraw, deposit, refund])
    subject_of = staticmethod(lambda workflow_id: workflow_id.removeprefix("order-"))
"""
BALANCED = """
import bank
from assay import CheckResult, Finding, Verdict

def balances(record):
    wrong = []
    for number in range(COUNT):
        moved = 0 if number == 3 else 100
        seen = bank.balance(f"from-{number}"), bank.balance(f"to-{number}")
        if seen != (-moved, moved):
            wrong.append(Finding(str(number), f"holds {seen[0]} and {seen[1]}, and {moved} were to be moved"))
    return CheckResult("balances", Verdict.INVALID if wrong else Verdict.VALID, "", tuple(wrong))

balances.name = "balances"
"""

SAMPLE = Sample(
    Shop(
        TRANSFER,
        files={"bank.py": BANK},
        checks=f"{GENERIC}, balances",
        claim=BALANCED,
        ends='{"Order": ends(COMPLETED, failed("InvalidAccount"))}',
    ),
    ('/{step}"', '/{step}/{activity.info().attempt}"'),
    "balances",
    "were to be moved",
)
"""A key per attempt moves the money twice."""
