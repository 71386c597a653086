"""What counts as a cut: every part of the evidence is needed, for each way of cutting."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from harness.record.cuts import ACK_DROPPED, KILLED_AFTER, KILLED_BEFORE, STOPPED, WAYS, Stroke, matrix_of
from harness.record.testing_cuts import EFFECT, Parts, parts_of
from harness.record.testing_records import BEGAN

Change = Callable[[Parts], Parts]


def stroke_of(parts: Parts, way: str) -> Stroke:
    (stroke,) = matrix_of(parts.record()).strokes[EFFECT, way]
    return stroke


def request(**changes: object) -> Change:
    return lambda parts: replace(parts, request=replace(parts.request, **changes))  # type: ignore[arg-type]


def asking(**changes: object) -> Change:
    return lambda parts: replace(parts, asking=replace(parts.asking, **changes))  # type: ignore[arg-type]


def again(**changes: object) -> Change:
    return lambda parts: replace(parts, again=replace(parts.again, **changes))  # type: ignore[arg-type]


def fault(**changes: object) -> Change:
    return lambda parts: replace(parts, fault=replace(parts.fault, **changes))  # type: ignore[arg-type]


def woken(at: float) -> Change:
    def change(parts: Parts) -> Parts:
        (strike,) = parts.fault.struck
        return replace(parts, fault=replace(parts.fault, struck=(replace(strike, until_seconds=at),)))

    return change


def killed(at: float) -> Change:
    def change(parts: Parts) -> Parts:
        assert parts.death is not None
        return replace(parts, death=replace(parts.death, at_seconds=at))

    return change


@pytest.mark.parametrize("way", WAYS)
def test_a_cell_is_struck_when_all_of_its_evidence_is_there(way: str) -> None:
    stroke = stroke_of(parts_of(way), way)
    assert (stroke.lacks, stroke.reference) == (None, "INV-1")
    assert stroke.recovered_seconds == pytest.approx(
        {KILLED_BEFORE: 6.49, KILLED_AFTER: 6.49, STOPPED: 6.5}.get(way, 6.4)
    )


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(
    ("change", "named"),
    [
        (fault(cut=None), None),
        (request(effect_kind="mail:invoice"), "the request was for mail:invoice"),
        (request(attempt_id="attempt-9"), "no request stood at its point"),
        (request(outcome="unanswered", effect_id=None, replied_seconds=None), "was unanswered"),
        (request(outcome="refused", effect_id=None), "was refused"),
    ],
    ids=["no cell", "another kind", "no request", "unanswered", "refused"],
)
def test_a_request_that_is_not_of_the_cell_strikes_nothing(way: str, change: Change, named: str | None) -> None:
    changed = change(parts_of(way))
    if named is None:
        assert matrix_of(changed.record()).strokes == {}
    else:
        assert named in (stroke_of(changed, way).lacks or "")


NEEDED: dict[str, tuple[str, Change, str]] = {
    "it was answered": (KILLED_BEFORE, request(outcome="accepted", effect_id="effect-1"), "the request was accepted"),
    "killed when it was over": (KILLED_BEFORE, killed(BEGAN + 1.7), "not under way"),
    "killed before it came": (KILLED_BEFORE, killed(BEGAN + 0.9), "not under way"),
    "it had no effect": (KILLED_AFTER, request(outcome="abandoned", effect_id=None), "the request was abandoned"),
    "killed before the commit": (KILLED_AFTER, killed(BEGAN + 1.05), "between commit and answer"),
    "killed after the answer": (KILLED_AFTER, killed(BEGAN + 1.7), "between commit and answer"),
    "its attempt had ended": (KILLED_AFTER, asking(ended_seconds=BEGAN + 1.4), "was struck and taken up"),
    "an attempt for another": (KILLED_AFTER, asking(subject="INV-2"), "was struck and taken up"),
    "an attempt that began later": (KILLED_AFTER, asking(started_seconds=BEGAN + 1.2), "was struck and taken up"),
    "nobody died": (KILLED_AFTER, lambda parts: replace(parts, death=None), "was not killed"),
    "no worker to kill": (KILLED_AFTER, fault(struck=()), "no worker was struck"),
    "it was acknowledged": (ACK_DROPPED, request(outcome="accepted"), "the request was accepted"),
    "woken too soon": (STOPPED, woken(BEGAN + 5.5), "was struck and taken up"),
    "stopped with another": (STOPPED, asking(subject="INV-2"), "was struck and taken up"),
    "stopped after its attempt": (STOPPED, asking(ended_seconds=BEGAN + 0.95), "was struck and taken up"),
    "not given away": (STOPPED, again(activity_id="2"), "was struck and taken up"),
    "stopped after the answer": (STOPPED, request(replied_seconds=BEGAN + 1.4), "between commit and answer"),
    "given away before": (STOPPED, again(started_seconds=BEGAN + 1.4), "was struck and taken up"),
    "its work was done before": (KILLED_AFTER, again(started_seconds=BEGAN + 1.4), "was struck and taken up"),
    "nobody asked again": (ACK_DROPPED, again(activity_id="2"), "was struck and taken up"),
    "no worker to stop": (STOPPED, fault(struck=()), "no worker was struck"),
}


@pytest.mark.parametrize("missing", NEEDED)
def test_no_part_of_the_evidence_can_be_done_without(missing: str) -> None:
    way, change, named = NEEDED[missing]
    assert named in (stroke_of(change(parts_of(way)), way).lacks or "")


def test_a_worker_that_was_never_woken_was_not_woken_later() -> None:
    parts = parts_of(STOPPED)
    (strike,) = parts.fault.struck
    never = replace(parts, fault=replace(parts.fault, struck=(replace(strike, until_seconds=None),)))
    assert "was struck and taken up" in (stroke_of(never, STOPPED).lacks or "")


@pytest.mark.parametrize("way", WAYS)
def test_what_was_never_answered_says_so(way: str) -> None:
    record = parts_of(way).record()
    alone = replace(record, world_attempts=record.world_attempts[:1])
    (stroke,) = matrix_of(alone).strokes[EFFECT, way]
    assert stroke.recovered_seconds is None


def test_a_fault_that_could_not_strike_says_why() -> None:
    parts = parts_of(KILLED_AFTER)
    missed = replace(parts.fault, cut=replace(parts.fault.cut, attempt_id=None), error="no refund came")  # type: ignore[type-var]
    assert stroke_of(replace(parts, fault=missed), KILLED_AFTER).lacks == "no refund came"
