"""The decisions about keys, by example and as properties over any order of requests."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.record.record import Effect
from scenarios.world.register import Conflict, InFlight, New, Register, Replay, Request


def book(key: str | None = "k1", digest: str = "d1", *, keyed: bool = True) -> Request:
    """A request to a service that honours keys, or to one that does not."""
    kind = ("accounting", "book") if keyed else ("smtp", "mail")
    return Request(*kind, key, "INV-0001", digest, {"memo": digest}, keyed)


def committed(register: Register, request: Request) -> Effect:
    assert isinstance(register.begin(request), New)
    return commit(register, request)


def commit(register: Register, request: Request) -> Effect:
    return register.commit(request, Effect(at_seconds=1.0, **register.draft(request)))


def test_a_key_seen_with_the_same_content_gives_the_first_effect_again() -> None:
    register = Register()
    effect = committed(register, book())
    assert register.begin(book()) == Replay(effect)
    assert register.effects == (effect,)


def test_a_key_seen_with_other_content_is_a_conflict() -> None:
    register = Register()
    committed(register, book())
    assert register.begin(book(digest="other")) == Conflict()


def test_a_key_in_flight_is_in_flight_for_the_same_content_and_a_conflict_for_other() -> None:
    register = Register()
    assert register.begin(book()) == New(1)
    assert register.begin(book()) == InFlight()
    assert register.begin(book(digest="other")) == Conflict()


def test_an_abandoned_key_is_free_again() -> None:
    register = Register()
    register.begin(book())
    register.abandon(book())
    assert register.begin(book(digest="other")) == New(2)


@pytest.mark.parametrize("request_", [book(key=None), book(keyed=False)])
def test_without_an_honoured_key_every_request_is_a_new_effect(request_: Request) -> None:
    register = Register()
    first, second = committed(register, request_), committed(register, request_)
    assert first.effect_id != second.effect_id


def test_keys_of_different_services_do_not_meet() -> None:
    register = Register()
    committed(register, book())
    assert register.begin(Request("payments", "pay", "k1", "INV-0001", "d1")) == New(1)


def test_committing_what_is_not_in_flight_is_refused() -> None:
    register = Register()
    committed(register, book())
    with pytest.raises(ValueError, match="not in flight"):
        commit(register, book())


requests = st.builds(
    book,
    st.sampled_from(["a", "b", "c", None]),
    st.sampled_from(["d1", "d2"]),
    keyed=st.sampled_from([True, True, False]),
)
steps = st.lists(st.tuples(st.sampled_from(["whole", "begin", "finish", "abandon"]), requests), max_size=40)


def run(register: Register, history: list[tuple[str, Request]]) -> list[tuple[Request, Effect]]:
    """Drive a register as clients would. Returns every acknowledgement: the request and the effect it was told."""
    begun: list[Request] = []
    told: list[tuple[Request, Effect]] = []
    for verb, request in history:
        if verb == "finish" and begun:
            told.append((begun[0], commit(register, begun.pop(0))))
        elif verb == "abandon" and begun:
            register.abandon(begun.pop(0))
        elif verb in ("whole", "begin"):
            match register.begin(request):
                case Replay(effect):
                    told.append((request, effect))
                case New() if verb == "whole":
                    told.append((request, commit(register, request)))
                case New():
                    begun.append(request)
                case _:
                    pass
    return told


@given(steps)
def test_a_key_has_at_most_one_effect_and_is_always_told_that_one(history: list[tuple[str, Request]]) -> None:
    register = Register()
    told = [(request.key, effect) for request, effect in run(register, history) if request.keyed and request.key]
    ids: dict[str, set[str]] = {}
    for key, effect in told:
        ids.setdefault(key, set()).add(effect.effect_id)
    assert all(len(effect_ids) == 1 for effect_ids in ids.values())


@given(steps)
def test_whoever_is_told_of_an_effect_finds_their_own_content_in_it(history: list[tuple[str, Request]]) -> None:
    register = Register()
    for request, effect in run(register, history):
        assert (effect.key, effect.digest) == (request.key, request.digest)
        assert effect in register.effects


@given(steps)
def test_effect_ids_are_unique(history: list[tuple[str, Request]]) -> None:
    register = Register()
    run(register, history)
    assert max(Counter(effect.effect_id for effect in register.effects).values(), default=1) == 1


@given(steps, st.lists(requests, max_size=10))
def test_a_register_rebuilt_from_its_effects_decides_as_the_first_did(
    history: list[tuple[str, Request]], later: list[Request]
) -> None:
    first = Register()
    run(first, [("whole", request) for _, request in history])  # nothing in flight when the process dies
    second = Register(first.effects)
    whole = [("whole", request) for request in later]
    assert run(second, whole) == run(first, whole)
    assert second.effects == first.effects
    assert second.begun("accounting", "book") == first.begun("accounting", "book")
