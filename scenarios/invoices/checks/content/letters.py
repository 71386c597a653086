"""*letters*: every mail says to the right customer what the oracle computes, and nothing else.

Judged are envelope and headers (one recipient, the same in both; our own address as the sender), the subject, the Date
and the whole text. What a reminder says is open follows from the payments that had come by then; where a payment raced
with it, with the payment and without it are both right. What comes attached is the documents check's to judge.

Not covered: the Message-ID, and how often a mail went out (the effects check).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from harness.judge.checks.effects import story_of
from harness.record.record import Effect, Record
from harness.verdict import CheckResult, Finding, Verdict, counted
from scenarios.invoices.checks.content.bills import Moment
from scenarios.invoices.checks.content.mails import KnownMail, mails_of
from scenarios.invoices.checks.facts.money import Money, money_by_invoice
from scenarios.invoices.oracle.letters import Letter, may_be_owed

# A mail's Date is what Temporal's clock said in between two things that this host's clock saw.
DATE_SLACK = timedelta(seconds=60)

# When a reminder is written is up to Temporal's clock: a payment answered so shortly before may count or not.
CLOCK_SLACK_SECONDS = 1.0


@dataclass(frozen=True)
class LettersCheck:
    """Compares each accepted mail with the letter that the oracle writes."""

    name: str = field(default="letters", init=False)

    def __call__(self, record: Record) -> CheckResult:
        """INVALID for a mail that says something else; UNKNOWN when there was none, or one cannot be placed in time."""
        mails = record.once(mails_of)
        asked = record.once(_asked_seconds)
        findings = [
            Finding(mail.effect.reference, message, story_of(record, mail.effect.reference))
            for mail in mails
            for message in _judge(record, mail, asked)
        ]
        timeless = sum(mail.about is not None and mail.about.moment is None for mail in mails)
        kinds = [mail.letter.kind for mail in mails if mail.letter is not None]
        counts: dict[str, int | float | str] = {kind: kinds.count(kind) for kind in sorted(set(kinds))}
        if findings:
            found = counted(len(findings), "thing in a mail is", "things in mails are")
            return CheckResult(self.name, Verdict.INVALID, f"{found} wrong", tuple(findings), counts)
        if not mails:
            return CheckResult(self.name, Verdict.UNKNOWN, "nothing was mailed, so no mail was checked", (), counts)
        if timeless:
            summary = f"of {timeless} mails nobody knows when their file was dated, so their dates were not checked"
            return CheckResult(self.name, Verdict.UNKNOWN, summary, (), counts)
        summary = f"all {len(mails)} mails say what they must, to whom they must"
        return CheckResult(self.name, Verdict.VALID, summary, (), counts)


def _judge(record: Record, mail: KnownMail, asked: dict[tuple[str, str], float]) -> Iterator[str]:
    detail = mail.effect.detail
    if mail.about is None:
        yield f"mailed to {detail['recipient']}: there is no such invoice"
        return
    if mail.letter is None:
        yield f"mailed with the subject {detail['subject']!r}: no letter of this invoice has it"
        return
    sender, letter = record.input["sender"], mail.letter
    wanted = {"sender": sender, "from": sender, "recipient": letter.recipient, "to": letter.recipient}
    # A mail is known by its Message-ID: what stands in it is what the effects check goes by.
    for name, value in (wanted | {"message_id": mail.effect.key}).items():
        if detail[name] != value:
            yield f"{letter.subject}: {name} is {detail[name]!r}, the oracle says {value!r}"
    yield from _judge_text(record, mail, letter)
    if mail.about.moment is not None:
        yield from _judge_date(mail.effect, letter, mail.about.moment, asked)


def _judge_text(record: Record, mail: KnownMail, letter: Letter) -> Iterator[str]:
    text = mail.effect.detail["text"]
    if letter.kind != "reminder":
        if text != letter.text:
            yield f"{letter.subject}: the text is {text!r}, the oracle says {letter.text!r}"
        return
    assert mail.about is not None
    bill = mail.about.bill
    owed = letter.owed_in(text, bill.currency)
    if owed is None:
        yield f"{letter.subject}: the text is {text!r}, the oracle says {letter.in_words()!r}"
        return
    payments = record.once(money_by_invoice).get(bill.invoice_id, ())
    counts, perhaps = _counted(mail.effect, letter, mail.about.moment, payments)
    if not may_be_owed(owed, bill.total, [each.amount for each in counts], [each.amount for each in perhaps]):
        came = ", ".join(f"{each.payment_id} of {each.amount}" for each in counts) or "no payment"
        racing = f", while {', '.join(each.payment_id for each in perhaps)} raced with it" if perhaps else ""
        yield f"{letter.subject}: says that {owed} are open of {bill.total}; {came} had come{racing}"


def _counted(
    mail: Effect, letter: Letter, moment: Moment | None, payments: Sequence[Money]
) -> tuple[list[Money], list[Money]]:
    """The payments that surely counted when a reminder was written, and those that may have.

    It was written at the instant it was planned for, or later; the mail itself came after that.
    """
    surely: list[Money] = []
    perhaps: list[Money] = []
    since = None if moment is None or letter.date is None else moment.seconds(letter.date) - CLOCK_SLACK_SECONDS
    for each in payments:
        if each.booked_seconds is None or each.booked_seconds > mail.at_seconds:
            continue
        early = since is not None and each.answered_seconds is not None and each.answered_seconds < since
        (surely if early else perhaps).append(each)
    return surely, perhaps


def _judge_date(mail: Effect, letter: Letter, moment: Moment, asked: dict[tuple[str, str], float]) -> Iterator[str]:
    said = _date(mail.detail["date"])
    if said is None:
        yield f"{letter.subject}: its Date {mail.detail['date']!r} is none"
    elif letter.date is not None:
        if said != letter.date:
            yield f"{letter.subject}: its Date is {said.isoformat()}, it was planned for {letter.date.isoformat()}"
    else:
        after = "cancel" if letter.kind == "credit-note" else "process"
        since = asked.get((after, mail.reference), moment.at_seconds)
        earliest, latest = moment.instant(since) - DATE_SLACK, moment.instant(mail.at_seconds) + DATE_SLACK
        if not earliest <= said <= latest:
            where = f"between {earliest.isoformat()} and {latest.isoformat()}"
            yield f"{letter.subject}: its Date is {said.isoformat()}, not {where}"


def _date(text: str) -> datetime | None:
    try:
        return parsedate_to_datetime(text).astimezone(UTC)
    except (ValueError, TypeError, OverflowError):
        return None


def _asked_seconds(record: Record) -> dict[tuple[str, str], float]:
    """When an invoice's processing or its cancellation was first asked for."""
    asked: dict[tuple[str, str], float] = {}
    for each in record.operations:
        key = each.name.removesuffix("-again"), each.subject
        asked[key] = min(each.invoked_seconds, asked.get(key, each.invoked_seconds))
    return asked
