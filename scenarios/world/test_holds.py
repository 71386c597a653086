"""Which request a hold takes and what follows what."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scenarios.world.holds import OVER, Hold, HoldPoint, HoldRefused, HoldState, NextOf, Nth, parse_hold
from scenarios.world.kinds import EFFECT_KINDS
from scenarios.world.register import Request

ARMED = Hold("hold-1", Nth("smtp", "mail", 3), HoldPoint.AFTER_COMMIT, 30.0)
MAIL = Request("smtp", "mail", "<id>", "INV-0040", "digest", {"subject": "Reminder 1 of invoice INV-0040"}, keyed=False)
ENTRY = Request("accounting", "book", "key", "INV-0041", "digest", {"kind": "credit-note"})
BEFORE = replace(ARMED, point=HoldPoint.BEFORE_EFFECT)


def fields(**changes: Any) -> dict[str, Any]:
    return {
        "service": "smtp",
        "operation": "mail",
        "nth": 3,
        "point": "after_commit",
        "release_after_seconds": 30,
        **changes,
    }


def test_a_hold_takes_the_nth_request_of_its_kind_at_its_point_only() -> None:
    assert ARMED.takes(MAIL, 3, HoldPoint.AFTER_COMMIT)
    assert not ARMED.takes(MAIL, 2, HoldPoint.AFTER_COMMIT)
    assert not ARMED.takes(MAIL, 3, HoldPoint.BEFORE_EFFECT)
    assert not ARMED.takes(ENTRY, 3, HoldPoint.AFTER_COMMIT)


@pytest.mark.parametrize("effect", EFFECT_KINDS)
def test_a_hold_by_kind_takes_any_request_for_its_kind_of_effect_and_no_other(effect: str) -> None:
    hold = replace(ARMED, wants=NextOf(effect))
    for request, kind in ((MAIL, "mail:reminder"), (ENTRY, "booking:credit-note")):
        for ordinal in (1, 3, 70):
            assert hold.takes(request, ordinal, HoldPoint.AFTER_COMMIT) is (effect == kind)
            assert not hold.takes(request, ordinal, HoldPoint.DROP_ACK)


def test_an_engaged_hold_says_what_it_took_and_takes_no_other() -> None:
    hold = ARMED.engaged(MAIL, "attempt-7", 12.5)
    assert hold.answer() == {
        "hold_id": "hold-1",
        "state": "engaged",
        "reference": "INV-0040",
        "key": "<id>",
        "attempt_id": "attempt-7",
        "service": "smtp",
        "at_seconds": 12.5,
    }
    assert not hold.takes(MAIL, 3, HoldPoint.AFTER_COMMIT)


def test_a_hold_released_while_armed_takes_nothing() -> None:
    for hold in (ARMED.released(), BEFORE.abandoned()):
        assert hold.state is HoldState.RELEASED
        assert not hold.takes(MAIL, 3, hold.point)
        assert hold.engaged(MAIL, "attempt-7", 1.0) is hold


def test_only_what_has_had_no_effect_can_be_abandoned() -> None:
    assert BEFORE.engaged(MAIL, "attempt-7", 1.0).abandoned().state is HoldState.ABANDONED
    for point in (HoldPoint.AFTER_COMMIT, HoldPoint.DROP_ACK):
        with pytest.raises(HoldRefused, match=r"hold-1 holds at .*: only what is before its effect"):
            replace(ARMED, point=point).engaged(MAIL, "attempt-7", 1.0).abandoned()


@given(st.lists(st.sampled_from(["engaged", "released", "abandoned", "expired"]), max_size=8))
def test_what_is_over_stays_over(verbs: list[str]) -> None:
    hold, over = BEFORE, None
    for verb in verbs:
        hold = hold.engaged(MAIL, "attempt-7", 1.0) if verb == "engaged" else getattr(hold, verb)()
        if over is not None:
            assert hold.state is over
        if hold.state in OVER:
            over = hold.state


def test_a_hold_is_read_from_its_fields() -> None:
    assert parse_hold("hold-1", fields()) == ARMED
    by_kind = {"effect": "mail:reminder", "point": "after_commit", "release_after_seconds": 30}
    assert parse_hold("hold-1", by_kind) == replace(ARMED, wants=NextOf("mail:reminder"))


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"nth": 0}, "nth"),
        ({"nth": True}, "nth"),
        ({"nth": "3"}, "nth"),
        ({"point": "sometime"}, "point"),
        ({"release_after_seconds": 0}, "release_after_seconds"),
        ({"release_after_seconds": 601}, "release_after_seconds"),
        ({"colour": "red"}, "colour"),
        ({"effect": "mail:reminder"}, "service"),
    ],
)
def test_a_malformed_hold_is_refused_by_name(changes: dict[str, Any], named: str) -> None:
    with pytest.raises(HoldRefused, match=named):
        parse_hold("hold-1", fields(**changes))


def test_a_kind_of_effect_that_there_is_not_is_refused_by_name() -> None:
    with pytest.raises(HoldRefused, match=r"mail:reminder.*not 'mail:love-letter'"):
        parse_hold("hold-1", {"effect": "mail:love-letter", "point": "drop_ack", "release_after_seconds": 1})
