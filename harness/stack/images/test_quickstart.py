"""Each line of `docs/quickstart-docker.md`, in its order, in a project of its own."""

from __future__ import annotations

import re
import shlex
import sys

import pytest

from harness.stack.images.testing_compose import COMPOSE, UP_TIMEOUT_SECONDS, Project, need_images, project
from harness.stack.programs.recipes import CHECKOUT

pytestmark = [pytest.mark.docker, pytest.mark.timeout(900), pytest.mark.xdist_group("compose-up")]

PAGE = (CHECKOUT / "docs" / "quickstart-docker.md").read_text(encoding="utf-8")
GUIDE = (
    *("docker-compose.temporal.yml ps", "temporal:up", "temporal:ui", "temporal:logs", "temporal:cli", "temporal:down"),
    *("logs -f", "down -v", "logs temporal-postgresql", "restart temporal-postgresql", "psql -U temporal"),
    *(f"tctl workflow {word}" for word in ("list", "describe", "show", "signal", "cancel", "terminate")),
    *("tctl namespace register", "tctl namespace list", "tctl taskqueue describe"),
)
"""The lines of the guide that work on containers."""


def lines() -> list[list[str]]:
    blocks = re.findall(r"```console\n(.*?)```", PAGE, re.DOTALL)
    return [shlex.split(line, comments=True) for block in blocks for line in block.splitlines() if line.strip()]


def here(words: list[str]) -> list[str]:
    """The command as it is run here: what `make` and the path of the environment would come to."""
    if words[0] == "assay":
        return [sys.executable, "-m", "harness.cli", *words[1:]]
    if words == ["make", "images"]:
        recipe = "python -m harness.cli.containers.images"
        assert recipe in (CHECKOUT / "Makefile").read_text()
        return [sys.executable, *recipe.split()[1:]]
    return words


@pytest.mark.parametrize("line", GUIDE)
def test_each_line_of_the_guide_is_there(line: str) -> None:
    assert line in PAGE


def test_every_line_works_one_after_another() -> None:
    overlays = need_images()
    made = project(*overlays)
    files = ":".join(str(COMPOSE / file) for file in ("compose.yaml", *overlays))
    shell = Project((), made.name, {**made.environment, "COMPOSE_FILE": files})
    try:
        for words in lines():
            said = shell.call(*here(words), timeout_seconds=UP_TIMEOUT_SECONDS + 60)
            if words[:3] == ["docker", "compose", "port"]:
                assert said.strip() == f"127.0.0.1:{made.environment['TEMPORAL_UI_PORT']}"
    finally:
        made.run("down", "--volumes", "--timeout", "5", timeout_seconds=180)
    assert lines()[-1] == ["docker", "compose", "down", "--volumes"]
    assert made.left() == {"container": [], "network": [], "volume": []}
