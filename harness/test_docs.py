"""Every command that the documentation shows is one that there is: parsed by the real parser, or known to make."""

from __future__ import annotations

import re
import shlex
import subprocess
from pathlib import Path

import click
import pytest

from harness.cli.main import assay

ROOT = Path(__file__).parent.parent
PAGES = sorted([ROOT / "README.md", *(ROOT / "docs").glob("*.md")])
BLOCK = re.compile(r"```console\n(.*?)```", re.DOTALL)


def commands(page: Path) -> list[str]:
    """The lines of the console blocks of a page, without their remarks."""
    lines = [line for block in BLOCK.findall(page.read_text(encoding="utf-8")) for line in block.splitlines()]
    return [line.split(" #")[0].strip().removeprefix("./") for line in lines if line.strip()]


COMMANDS = sorted({command for page in PAGES for command in commands(page)})


def test_the_documentation_shows_commands() -> None:
    assert len(COMMANDS) > 5


@pytest.mark.parametrize("line", [command for command in COMMANDS if command.startswith("assay ")])
def test_an_assay_command_parses(line: str) -> None:
    name, *arguments = shlex.split(line)[1:]
    group = click.Context(assay)
    command = assay.get_command(group, name)
    assert command is not None, f"there is no command {name}"
    context = command.make_context(name, arguments, parent=group)
    if isinstance(command, click.Group):
        _, inner, rest = command.resolve_command(context, arguments)
        assert inner is not None, f"there is no command {line}"
        inner.make_context(inner.name, rest, parent=context)


@pytest.mark.parametrize("line", [command for command in COMMANDS if command.startswith("make ")])
def test_a_make_target_is_one(line: str) -> None:
    targets = subprocess.run(["make", "--no-print-directory", "help"], cwd=ROOT, capture_output=True, text=True)
    assert re.search(rf"^make {shlex.split(line)[1]}\b", targets.stdout, re.MULTILINE), targets.stdout


def test_every_command_is_of_a_kind_that_is_tried_here() -> None:
    # Those of locust are tried beside the locustfiles, in load/.
    assert all(command.startswith(("assay ", "make ", "locust ")) for command in COMMANDS)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_within_the_documentation_lead_somewhere(page: Path) -> None:
    targets = re.findall(r"\]\((?!https?:)([^)#]+)", page.read_text(encoding="utf-8"))
    missing = [target for target in targets if not (page.parent / target).exists()]
    assert not missing
