"""Reports under test as one value: what every claim on them demands, and the words for it."""

from __future__ import annotations

from harness.judge.checks.effects import Delivery, Promise
from harness.report.vocabulary import Vocabulary
from scenarios.kit.family import Family
from scenarios.reports.checks.contents import ContentsCheck
from scenarios.reports.checks.mails import MailsCheck
from scenarios.reports.checks.shown import ShownCheck
from scenarios.reports.oracle.asked import (
    FINAL_STATE,
    expected_acts,
    expected_ends,
    expected_results,
    mail_identity,
)

FAMILY = Family(
    promises=(Promise("smtp", "mail", Delivery.AT_LEAST_ONCE, identity=mail_identity),),
    expected=expected_acts,
    final_states=frozenset({FINAL_STATE}),
    vocabulary=Vocabulary(
        "report",
        "reports",
        start="report",
        verbs={("smtp", "mail"): "mailed"},
        excuses={("smtp", "mail"): "as e-mail allows"},
        identity=("recipient",),
        personal_data="names of customers, what they owe and paid, and recipients' addresses",
    ),
    ends=expected_ends,
    results=expected_results,
    refused=("nonsense", "changed"),
    checks=(ContentsCheck(), MailsCheck(), ShownCheck()),
    reads=frozenset({"accounting", "payments"}),
    outside=("open",),
)
