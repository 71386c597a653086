"""What an application leaves out has a default; what it must have is refused by name."""

from __future__ import annotations

import sys
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
