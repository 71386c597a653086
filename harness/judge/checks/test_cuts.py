"""The cuts check, fed hand-made records: a full matrix, and everything less."""

from __future__ import annotations

from dataclasses import replace

import pytest

from harness.judge.checks.cuts import CutsCheck
from harness.record.cuts import KILLED_AFTER, STOPPED, WAYS
from harness.record.record import Record
from harness.record.testing_cuts import EFFECT, parts_of
from harness.record.testing_records import effect, killed_run
from harness.verdict import Verdict


@pytest.mark.parametrize("way", WAYS)
def test_a_full_matrix_is_valid(way: str) -> None:
    result = CutsCheck((EFFECT,), (way,))(parts_of(way).record())
    assert (result.verdict, result.counts) == (Verdict.VALID, {"cells": 1, "struck": 1})
    assert result.summary == "1 kind of effect cut in 1 way: every one of the 1 was struck"


def test_each_cell_that_was_not_struck_is_named() -> None:
    result = CutsCheck((EFFECT, "refund"), (KILLED_AFTER, STOPPED))(parts_of(KILLED_AFTER).record())
    assert (result.verdict, result.summary) == (Verdict.UNKNOWN, "3 cells of 4 left unstruck")
    assert [finding.subject for finding in result.findings] == [
        f"{EFFECT}, stopped",
        "refund, killed-after",
        "refund, stopped",
    ]
    assert result.findings[0].message == "not struck: nothing was planned for it"


def test_a_cell_whose_fault_missed_says_why() -> None:
    parts = parts_of(KILLED_AFTER)
    result = CutsCheck((EFFECT,), (KILLED_AFTER,))(replace(parts, death=None).record())
    assert result.verdict is Verdict.UNKNOWN
    assert result.findings[0].message == "not struck: worker-1 was not killed"


def test_an_effect_that_stands_in_no_cell_is_unknown() -> None:
    record = parts_of(KILLED_AFTER).record()
    record = replace(record, effects=(*record.effects, effect("INV-2", effect_kind="mail:other")))
    result = CutsCheck((EFFECT,), (KILLED_AFTER,))(record)
    assert (result.verdict, result.findings[0].subject) == (Verdict.UNKNOWN, "mail:other")


def test_no_kind_and_no_cut_prove_nothing() -> None:
    empty: Record = killed_run()
    assert CutsCheck(())(empty).verdict is Verdict.UNKNOWN
    assert CutsCheck((EFFECT,))(empty).verdict is Verdict.UNKNOWN
