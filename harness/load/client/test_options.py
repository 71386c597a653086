"""The options of a load test: what they default to, and that a wrong one is refused with all the others."""

from __future__ import annotations

import argparse
from typing import Any

import pytest

from harness.errors import UsageError
from harness.load.client.options import OPTIONS, add_options, given_options, parse_options, repeating
from harness.load.client.own_options import Option, add_own, own_options


def _size(text: str) -> int:
    if text not in ("small", "large"):
        raise ValueError("is unknown; known: small, large")
    return len(text)


@pytest.fixture(autouse=True)
def own(monkeypatch: pytest.MonkeyPatch) -> None:
    """The options of a locustfile: a size, and the address of a service."""
    for name in list(own_options()):
        monkeypatch.delitem(own_options(), name)
    sizes = Option("size", "small", "how large", _size)
    add_own({"size": sizes, "shop-address": Option("shop-address", "", "HOST:PORT of the shop", variable="SHOP")})


def raw(**given: str) -> argparse.Namespace:
    defaults = {name.replace("-", "_"): default for name, (default, _) in OPTIONS.items()}
    defaults |= {"size": "small", "shop_address": ""}
    return argparse.Namespace(**{**defaults, "num_users": 3, "run_time": 60, **given})


def test_without_options_users_are_closed_and_errors_are_judged() -> None:
    options = parse_options(raw())
    assert not options.open
    assert options.seed is None
    assert [threshold.text for threshold in options.thresholds] == ["count>=1", "errors<1%"]


def test_in_an_open_run_the_offered_rate_is_judged_too() -> None:
    options = parse_options(raw(arrivals="poisson", rate="2.5", seed="7"))
    assert options.open
    assert (options.rate_per_second, options.seed) == (2.5, 7)
    assert "offered>=98%" in [threshold.text for threshold in options.thresholds]


@pytest.mark.parametrize(
    ("name", "text", "says"),
    [
        ("thresholds", "complition.p99<5s", "complition"),
        ("thresholds", "completion.p99<5kg", "kg"),
        ("thresholds", "offered>=98%", "closed loop"),
        ("size", "huge", "small, large"),
        ("arrivals", "sometimes", "sometimes"),
        ("rate", "fast", "is not a number"),
        ("rate", "0", "0.001 or more"),
        ("drain_seconds", "-1", "0 or more"),
        ("seed", "-5", "not a whole number"),
        ("generator_lag_seconds", "0", "0.001 or more"),
    ],
    ids=["row", "unit", "closed-offered", "own", "arrivals", "rate-word", "rate-0", "drain", "seed", "lag"],
)
def test_a_wrong_option_says_what_it_should_be(name: str, text: str, says: str) -> None:
    with pytest.raises(UsageError, match=says):
        parse_options(raw(**{name: text}))


def test_all_problems_come_at_once() -> None:
    with pytest.raises(UsageError) as refused:
        parse_options(raw(size="huge", rate="fast", seed="x"))
    assert str(refused.value).count("\n") == 2


def test_the_command_repeats_what_was_given() -> None:
    given = given_options(raw(size="large", rate="7"))
    assert given == {"rate": "7", "size": "large"}
    command = repeating("invoices", raw(), {**given, "seed": "4"})
    assert command == "locust -f load/invoices.py --headless -u 3 -t 60s --rate 7 --size large --seed 4"


def test_a_locustfile_may_have_defaults_of_its_own() -> None:
    parser = argparse.ArgumentParser()

    class Group:
        def add_argument(self, name: str, **given: Any) -> argparse.Action:
            del given["env_var"]
            return parser.add_argument(name, **given)

    class Parser:
        def add_argument_group(self, title: str) -> Any:
            return Group()

    add_options(Parser(), {"arrivals": "poisson", "size": "large"})
    options = parse_options(parser.parse_args(["--rate", "3"]))
    assert options.open
    assert options.own == {"size": 5, "shop-address": ""}
    assert options.rate_per_second == 3


def test_an_option_may_stand_for_a_variable_of_the_application() -> None:
    named = {"temporal_address": "127.0.0.1:7233", "shop_address": "127.0.0.1:80"}
    assert parse_options(raw(**named)).named == {"TEMPORAL_ADDRESS": "127.0.0.1:7233", "SHOP": "127.0.0.1:80"}
    assert parse_options(raw()).named == {}
