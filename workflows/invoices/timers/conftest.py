"""The fixture that says which engine skips the time."""

from __future__ import annotations

from collections.abc import Callable

import pytest


@pytest.fixture(autouse=True, params=["v2-on-the-dev-server"])
def engine(request: pytest.FixtureRequest, record_property: Callable[[str, object], None]) -> str:
    """Stands in the id of each test, and in a report of JUnit."""
    record_property("engine", request.param)
    return str(request.param)
