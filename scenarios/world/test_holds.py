"""Which request a hold takes and what follows what."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scenarios.world.holds import Hold, HoldPoint, HoldRefused, HoldState, parse_hold

ARMED = Hold("hold-1", "smtp", "mail", 3, HoldPoint.AFTER_COMMIT, 30.0)


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
    assert ARMED.takes("smtp", "mail", 3, HoldPoint.AFTER_COMMIT)
    assert not ARMED.takes("smtp", "mail", 2, HoldPoint.AFTER_COMMIT)
    assert not ARMED.takes("smtp", "mail", 3, HoldPoint.BEFORE_EFFECT)
    assert not ARMED.takes("accounting", "book", 3, HoldPoint.AFTER_COMMIT)


def test_an_engaged_hold_says_what_it_took_and_takes_no_other() -> None:
    hold = ARMED.engaged("INV-0040", "<id>", 12.5)
    assert hold.answer() == {
        "hold_id": "hold-1",
        "state": "engaged",
        "reference": "INV-0040",
        "key": "<id>",
        "at_seconds": 12.5,
    }
    assert not hold.takes("smtp", "mail", 3, HoldPoint.AFTER_COMMIT)


def test_a_hold_released_while_armed_takes_nothing() -> None:
    hold = ARMED.released()
    assert not hold.takes("smtp", "mail", 3, HoldPoint.AFTER_COMMIT)
    assert hold.engaged("INV-0040", None, 1.0) is hold


@given(st.lists(st.sampled_from(["engaged", "released", "expired"]), max_size=8))
def test_what_is_over_stays_over(verbs: list[str]) -> None:
    hold, over = ARMED, None
    for verb in verbs:
        hold = hold.engaged("r", None, 1.0) if verb == "engaged" else getattr(hold, verb)()
        if over is not None:
            assert hold.state is over
        if hold.state in (HoldState.RELEASED, HoldState.EXPIRED):
            over = hold.state


def test_a_hold_is_read_from_its_fields() -> None:
    assert parse_hold("hold-1", fields()) == ARMED


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
    ],
)
def test_a_malformed_hold_is_refused_by_name(changes: dict[str, Any], named: str) -> None:
    with pytest.raises(HoldRefused, match=named):
        parse_hold("hold-1", fields(**changes))
