"""*answers*: what nobody should try is answered as the oracle permits, and nothing else comes of it.

A forged webhook that is answered 200 is found here, and so is one that is answered 401 and booked all the same: the
answer is what the caller got, and what came of it is the world's record. A repeat gets the first receipt.

Not covered: whether each is answered in time; that is *availability*'s.
"""

from __future__ import annotations

import itertools
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from harness.judge.checks.effects import story_of
from harness.record.record import Operation, Record
from harness.verdict import CheckResult, Finding, Verdict, counted
from scenarios.invoices.checks.answers.answered import Json, sure_answers, word_of
from scenarios.invoices.checks.answers.clashes import is_clash, wrong_contents
from scenarios.invoices.checks.answers.refused_deeds import deeds, deeds_of, effects_of_nothing, in_words
from scenarios.invoices.checks.facts.expected import judged_files
from scenarios.invoices.oracle.adverse import ACCEPTED, ENDING, REFUSED, Facts, Permitted, Receipt, facts_of, permitted


@dataclass(frozen=True)
class AnswersCheck:
    """Holds each answer against the oracle's permitted ones, and the world's record against what was refused."""

    name: str = field(default="answers", init=False)

    def __call__(self, record: Record) -> CheckResult:
        """INVALID for a wrong answer or a deed that was refused; UNKNOWN for a kind nobody answered or read back."""
        listed: Sequence[Json] = record.input.get("adverse", ())
        facts = facts_of(record.input, itertools.chain.from_iterable(judged_files(record).values()))
        asked = {operation.operation_id: operation for operation in record.operations}
        done = deeds(record)
        findings: list[Finding] = []
        tried: Counter[str] = Counter({adverse["kind"]: 0 for adverse in listed})
        receipts: dict[str, list[tuple[str, Any]]] = defaultdict(list)
        for adverse in listed:
            allowed = permitted(adverse, facts, moment_of(record, adverse, asked.get(adverse["id"])))
            answers = sure_answers(asked.get(adverse["id"]), len(adverse["sends"]))
            # Which of several contents won is told by the answer, and shown only in the final reads.
            unread = is_clash(adverse) and adverse["subject"] not in record.shown
            tried[adverse["kind"]] += answers is not None and not unread
            messages = [
                *_judge(adverse, allowed, answers or {}),
                *deeds_of(adverse, allowed, answers or {}, facts, done),
            ]
            for payment_id, body in _receipts(adverse, answers or {}):
                receipts[payment_id].append((adverse["id"], body))
                messages += _wrong_receipt(allowed.receipt, body)
            messages += _other_run(adverse, answers or {}, asked)
            if is_clash(adverse):
                messages += wrong_contents(record, adverse, asked.get(adverse["id"]))
            story = story_of(record, adverse["subject"]) if messages else ()
            findings += [Finding(adverse["id"], message, story) for message in messages]
        findings += _other_receipts(receipts)
        findings += _wrong_totals(record, listed, facts)
        findings += effects_of_nothing(record, listed)
        return self._result(tried, findings)

    def _result(self, tried: Counter[str], findings: list[Finding]) -> CheckResult:
        counts: dict[str, int | float | str] = dict(tried)
        if findings:
            found = counted(len(findings), "thing that nobody should try was", "things that nobody should try were")
            return CheckResult(
                self.name, Verdict.INVALID, f"{found} not answered as they must", tuple(findings), counts
            )
        missing = sorted(kind for kind, number in tried.items() if not number)
        if missing or not tried:
            summary = (
                f"never answered, or not read back, for sure: {', '.join(missing)}"
                if missing
                else "nothing adverse was tried"
            )
            return CheckResult(self.name, Verdict.UNKNOWN, summary, (), counts)
        summary = f"{tried.total()} things that nobody should try, of {len(tried)} kinds, were answered as they must"
        return CheckResult(self.name, Verdict.VALID, f"{summary}, and nothing came of them", (), counts)


def moment_of(record: Record, adverse: Json, operation: Operation | None) -> str:
    """When it was asked for: after the end only if the workflow had been seen to end by then.

    The workload waits for what the books show. They show the end before the last task of the workflow is done, and a
    worker that is stopped with it may keep that for as long as a task may take.
    """
    if adverse["moment"] != "ended" or operation is None:
        return str(adverse["moment"])
    closed = [each.closed_seconds for each in record.executions if each.subject == adverse["subject"]]
    seen = all(seconds is not None and seconds <= operation.invoked_seconds for seconds in closed)
    return "ended" if seen else ENDING


def _judge(adverse: Json, allowed: Permitted, answers: Mapping[int, Json]) -> Iterator[str]:
    """Answers that the oracle does not permit, and the one that had to win."""
    words = {number: word_of(adverse["sends"][number], answer) for number, answer in answers.items()}
    won = [number for number, word in words.items() if word == allowed.once]
    for number, word in words.items():
        if word not in allowed.answers[number] and number not in won:
            wanted = " or ".join(sorted(allowed.answers[number]))
            yield f"{in_words(adverse['sends'][number])} was answered {word}; permitted is {wanted}"
        if "content_type" in adverse["sends"][number] and not _reasoned(word, answers[number]["body"]):
            yield f"{in_words(adverse['sends'][number])} was answered {word}, and not why"
    if allowed.once is not None and answers and len(won) != 1:
        yield f"{len(won)} of {len(answers)} at once were answered {allowed.once}; exactly one may be"
    for number, word in words.items():
        if "text" in adverse["sends"][number] and word == REFUSED:
            fields = [refusal.get("field") for refusal in answers[number]["body"].get("refused", ())]
            if fields != ["invoice_id"]:
                yield f"the content that came second was refused for {fields}; the reason is its invoice_id"


def _reasoned(word: str, body: Any) -> bool:
    """Whether an upload that is refused, as a file or as an invoice, is told why."""
    if not isinstance(body, dict) or word == ACCEPTED:
        return word == ACCEPTED
    told = [each.get("message") for each in body.get("refused", ())] if word == REFUSED else [body.get("detail")]
    return bool(told) and all(isinstance(each, str) and each.strip() for each in told)


def _receipts(adverse: Json, answers: Mapping[int, Json]) -> Iterator[tuple[str, Any]]:
    """Payment id and body of every answer to a payment that counts."""
    for number, answer in answers.items():
        webhook = adverse["sends"][number].get("webhook")
        if webhook is not None and answer["status"] == 200:
            yield webhook["payment_id"], answer["body"]


def _wrong_receipt(wanted: Receipt | None, body: Any) -> Iterator[str]:
    if wanted is None:
        return
    try:
        found = Receipt(body["payment_id"], Decimal(body["outstanding"]), body["currency"])
    except (KeyError, TypeError, ArithmeticError):
        found = None
    if found != wanted:
        yield f"the receipt says {body}; {wanted.outstanding} {wanted.currency} are open after {wanted.payment_id}"


def _other_receipts(receipts: Mapping[str, Sequence[tuple[str, Any]]]) -> Iterator[Finding]:
    """A repeat gets the first one's receipt, whenever it comes."""
    for payment_id, told in receipts.items():
        for operation_id, body in told:
            if body != told[0][1]:
                yield Finding(operation_id, f"{payment_id} got the receipt {body}, and {told[0][1]} before")


def _other_run(adverse: Json, answers: Mapping[int, Json], asked: Mapping[str, Operation]) -> Iterator[str]:
    """Processing an invoice that has ended finds its run, and begins no other."""
    first = asked.get(f"process/{adverse['subject']}")
    for number, answer in answers.items():
        if "process" in adverse["sends"][number] and answer["status"] == 202 and first is not None:
            run_id, wanted = answer["body"].get("run_id"), first.detail.get("run_id")
            if run_id != wanted:
                yield f"processing it again began the run {run_id}, after {wanted}"


def _wrong_totals(record: Record, listed: Sequence[Json], facts: Facts) -> Iterator[Finding]:
    """What the books call paid is what the provider settled of genuine payments, for each invoice that was tried on."""
    settled: dict[str, Decimal] = defaultdict(Decimal)
    for effect in record.effects:
        if (effect.service, effect.operation) == ("payments", "settled"):
            settled[effect.reference] += Decimal(effect.detail["amount"])
    for subject in sorted({adverse["subject"] for adverse in listed} & facts.customers.keys()):
        shown = record.shown.get(subject, {})
        # What a cancelled invoice calls paid went back.
        if "paid" not in shown or shown.get("status") == "cancelled":
            continue
        if Decimal(shown["paid"]) != settled[subject]:
            message = f"the books call {shown['paid']} paid, the genuine payments make {settled[subject]}"
            yield Finding(subject, message, story_of(record, subject))
