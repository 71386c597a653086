"""What an application leaves out has a default; what it must have is refused by name."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from types import ModuleType, SimpleNamespace

import pytest

from harness.application.contract import load_application
from harness.errors import UsageError


def offered(monkeypatch: pytest.MonkeyPatch, **attributes: object) -> str:
    module = ModuleType("offered_app")
    module.app = SimpleNamespace(**attributes)  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "offered_app", module)
    return "offered_app"


def test_a_workflow_is_about_what_its_application_says_or_about_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    needed = {"queues": {}, "activities": lambda ports: []}
    assert load_application(offered(monkeypatch, **needed)).subject_of("order-7") == "order-7"
    named = offered(monkeypatch, **needed, subject_of=lambda workflow_id: workflow_id.removeprefix("order-"))
    assert load_application(named).subject_of("order-7") == "7"


def test_ours_is_about_invoices() -> None:
    assert load_application("workflows.app").subject_of("invoice-INV-0001") == "INV-0001"


def test_what_it_must_have_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(UsageError, match="must offer queues and activities"):
        load_application(offered(monkeypatch))


@pytest.mark.parametrize(
    ("word", "value", "told"),
    [
        ("queues", ["orders"], r"`queues`: TypeError: must be a mapping, not \['orders'\]"),
        ("activities", None, "`activities`: TypeError: must be a function, not None"),
        ("interceptors", None, "`interceptors`: TypeError: 'NoneType' object is not iterable"),
        ("search_attributes", ["status"], "`search_attributes`: TypeError: must be a mapping"),
        ("subject_of", "order-", "`subject_of`: TypeError: must be a function, not 'order-'"),
    ],
)
def test_what_cannot_be_what_it_is_offered_as_is_named(
    monkeypatch: pytest.MonkeyPatch, word: str, value: object, told: str
) -> None:
    needed: dict[str, object] = {"queues": {}, "activities": lambda ports: []}
    with pytest.raises(UsageError, match=rf"^\[tool.assay\] app = 'offered_app': its {told}"):
        load_application(offered(monkeypatch, **{**needed, word: value}))


def test_a_property_that_raises_is_told_with_its_line(monkeypatch: pytest.MonkeyPatch) -> None:
    class Shop:
        activities = None

        @property
        def queues(self) -> object:
            raise ValueError("two queues")

    monkeypatch.setattr(sys.modules[offered(monkeypatch)], "app", Shop())
    with pytest.raises(UsageError, match=r"^\[tool.assay\] app = 'offered_app': .*ValueError: two queues"):
        load_application("offered_app")


def test_what_it_offers_is_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    class Once(Mapping[str, object]):
        asked = 0

        def __getitem__(self, name: str) -> object:
            return SimpleNamespace(workflows={int}, activities=["pack"])

        def __iter__(self) -> Iterator[str]:
            self.asked += 1
            assert self.asked == 1, "it is read again"
            return iter(["orders"])

        def __len__(self) -> int:
            return 1

    app = load_application(offered(monkeypatch, queues=Once(), activities=lambda ports: []))
    for _ in range(2):
        assert [(name, each.workflows, each.activities) for name, each in app.queues.items()] == [
            ("orders", (int,), ("pack",))
        ]
