"""What the containers are told of the application is what it says itself."""

from __future__ import annotations

import re
from pathlib import Path

from workflows.app import app
from workflows.kit.settings import DEFAULTS

COMPOSE = Path(__file__).parent.parent / "compose"


def test_the_namespace_gets_the_search_attributes() -> None:
    line = re.search(r"SEARCH_ATTRIBUTES: (\S.*)$", (COMPOSE / "app.yaml").read_text(), re.MULTILINE)
    assert line is not None
    assert dict(pair.split("=") for pair in line[1].split()) == dict(app.search_attributes)


def test_every_setting_is_one() -> None:
    told = re.findall(r"\b(TRAF3LI_\w+):", "".join(file.read_text() for file in COMPOSE.glob("*.yaml")))
    assert told
    assert set(told) <= set(DEFAULTS)
