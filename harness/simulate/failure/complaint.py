"""What is wrong with a simulation, so that another one can be asked whether the very same is wrong with it.

A failure that is made smaller must stay the failure that it was. A company with less in it can fail in ways of its own
(who pays nothing has an invoice that never ends), and often by the same check. So a complaint is the check, whom it is
about, and what is said, without the numbers and ids in it: those change with what is left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from harness.record.record import Record
from harness.simulate.once import Simulated

_NUMBERED = re.compile(r"[^\s,;:'\"()\[\]{}]*\d[^\s,;:'\"()\[\]{}]*")
"""A number, an amount, an instant, an id: a word with a digit in it."""
_ROW = re.compile(r"#(?:[\s,;:'\"]+(?:and\s)?#)+")
"""However many of them in a row: a list may have become shorter."""


@dataclass(frozen=True)
class Complaint:
    """One thing that is wrong, in what it has in common with the same thing elsewhere.

    :param subject: of the finding. One in which nothing is named that customers ask about is without its numbers.
    :param text: without its numbers and ids.
    """

    check: str
    subject: str
    text: str


def complaint_of(got: Simulated) -> Complaint:
    """The first finding of the first check that says INVALID; the failure is named after that check.

    :raises ValueError: nothing is broken.
    """
    for complaint in _complaints(got, _names(got.record)):
        return complaint
    raise ValueError(f"seed {got.case.seed} of {got.case.family.name}: no check says INVALID")


def complains_of(got: Simulated, complaint: Complaint) -> bool:
    """Whether the very same is wrong with it. What could not be judged says nothing."""
    return any(each == complaint for each in _complaints(got, _names(got.record) | {complaint.subject}))


def _complaints(got: Simulated, names: frozenset[str]) -> Iterator[Complaint]:
    for result in got.broken:
        for finding in result.findings:
            said = {finding.subject, *re.split(r"[\s/]+", finding.subject)}
            subject = finding.subject if said & names else plain(finding.subject)
            yield Complaint(result.check, subject, plain(finding.message))
        if not result.findings:
            yield Complaint(result.check, "", plain(result.summary))


def _names(record: Record) -> frozenset[str]:
    """What means the same however little is left: what customers call things, and the workflows of it."""
    ids = {each.operation_id for each in record.operations}
    things = {name.split("/", 1)[-1] for name in ids} | {each.subject for each in record.operations}
    return frozenset(ids | things | {each.workflow_id for each in record.executions})


def plain(text: str) -> str:
    """A sentence of a check without what counts, dates or names one thing alone."""
    return _ROW.sub("#", _NUMBERED.sub("#", text))
