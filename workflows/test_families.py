"""What one family has no other may have, and one that is not whole is refused by name."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import pytest
from sqlalchemy import Column, Integer, MetaData, Table
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from temporalio import workflow

from workflows import families as finding
from workflows.api.application import create_api
from workflows.books.schema import open_books
from workflows.families import families, require_apart
from workflows.invoices.family import FAMILY
from workflows.kit.family import Family, Queue


@workflow.defn(name="InvoiceProcessing")
class Impostor:
    """Has the name of another family's workflow."""

    @workflow.run
    async def run(self) -> None:
        """Nothing."""


def other(**changed: object) -> Family:
    """A family with nothing of its own but these."""
    bare = replace(
        FAMILY,
        name="others",
        queues={},
        workflow_ids_begin="other-",
        search_attributes={},
        routes=tuple,
        tables=tuple,
        final_states={},
    )
    return replace(bare, **changed)  # type: ignore[arg-type]


def test_those_there_are_are_apart() -> None:
    require_apart(families())
    api = create_api({family.name: None for family in families()})
    assert len(api.routes) == 1 + sum(len(family.routes()) for family in families())
    open_books("sqlite://", *(table for family in families() for table in family.tables())).dispose()


@pytest.mark.parametrize(
    ("changed", "what"),
    [
        ({"queues": {"traf3li-invoices": Queue((), ())}}, "task queue 'traf3li-invoices'"),
        ({"queues": {"others": Queue((Impostor,), ())}}, "workflow type 'InvoiceProcessing'"),
        ({"queues": {"others": Queue((), ("book_invoice",))}}, "activity 'book_invoice'"),
        ({"search_attributes": {"InvoiceCustomer": "Keyword"}}, "search attribute 'InvoiceCustomer'"),
    ],
)
def test_one_name_in_two_families_is_refused(changed: dict[str, object], what: str) -> None:
    with pytest.raises(ValueError, match=f"^invoices and others both have the {what}; rename one$"):
        require_apart([FAMILY, other(**changed)])


@pytest.mark.parametrize(
    ("begin", "told"),
    [
        ("invoice-late-", "others: workflow ids begin with 'invoice-late-', as those of invoices with 'invoice-'"),
        ("inv", "invoices: workflow ids begin with 'invoice-', as those of others with 'inv'"),
        ("", "others: workflow_ids_begin is empty"),
    ],
)
def test_ids_that_nobody_could_tell_apart_are_refused(begin: str, told: str) -> None:
    with pytest.raises(ValueError, match=f"^{told}"):
        require_apart([FAMILY, other(workflow_ids_begin=begin)])


def test_the_status_is_everybodys() -> None:
    with pytest.raises(ValueError, match="all families and others both have the search attribute 'BusinessStatus'"):
        require_apart([other(search_attributes={"BusinessStatus": "Int"})])


def test_a_class_that_is_no_workflow_is_refused() -> None:
    with pytest.raises(ValueError, match=r"others: Family is no workflow; it lacks @workflow\.defn"):
        require_apart([other(queues={"others": Queue((Family,), ())})])


@pytest.mark.parametrize("path", ["/invoices", "/invoices/{voucher}/process"])
def test_one_route_in_two_families_is_refused(path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    async def never(request: Request) -> Response:
        raise AssertionError

    added = other(routes=lambda: [Route(path, never, methods=["POST"])])
    monkeypatch.setattr("workflows.api.application.families", lambda: (FAMILY, added))
    with pytest.raises(ValueError, match=r"^invoices and others both answer POST /invoices.*; rename one$"):
        create_api({"invoices": None, "others": None})


def test_one_table_in_two_families_is_refused() -> None:
    metadata = MetaData()
    Table("invoices", metadata, Column("id", Integer, primary_key=True))
    with pytest.raises(ValueError, match="two families have a table 'invoices'; rename one"):
        open_books("sqlite://", *FAMILY.tables(), metadata)


@pytest.mark.parametrize("sign", ["workflow.py", "activities.py", "routes.py", "model.py"])
def test_a_folder_that_looks_like_a_family_is_refused(sign: str, tmp_path: Path) -> None:
    for name in ("orders/family.py", "kit/model.py", "api/application.py"):
        (tmp_path / name).parent.mkdir()
        (tmp_path / name).touch()
    assert finding.family_names(tmp_path) == ["orders"]
    (tmp_path / "bills").mkdir()
    (tmp_path / "bills" / sign).touch()
    with pytest.raises(ValueError, match=f"/bills looks like a family, for it has {sign}; add .*/bills/family.py with"):
        finding.family_names(tmp_path)


@pytest.mark.parametrize(
    ("offered", "complaint"),
    [
        ({}, "workflows.invoices.family must have a FAMILY, a workflows.kit.family.Family; it has None"),
        ({"FAMILY": 3}, "it has 3"),
        ({"FAMILY": other()}, "FAMILY is called 'others'; call it 'invoices', as its folder"),
    ],
)
def test_one_that_is_not_whole_is_refused_by_name(
    offered: dict[str, object], complaint: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    module = ModuleType("workflows.invoices.family")
    vars(module).update(offered)
    monkeypatch.setitem(sys.modules, "workflows.invoices.family", module)
    with pytest.raises(ValueError, match=complaint):
        finding.families.__wrapped__()
