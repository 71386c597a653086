"""What the documentation shows exists: commands are parsed by the real parser or known to make, paths are looked up."""

from __future__ import annotations

import re
import shlex
import subprocess
from pathlib import Path, PurePosixPath

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
    # Those of locust are tried beside the locustfiles, in load/, those of pytest where a family is added, those of pip
    # in test_wheel.py, and those of docker in harness/stack/images/test_quickstart.py.
    assert all(command.startswith(("assay ", "make ", "locust ", "pytest ", "pip ", "docker ")) for command in COMMANDS)


def test_what_another_team_is_shown_is_the_example_that_is_tried() -> None:
    page = (ROOT / "docs" / "your-workflow.md").read_text(encoding="utf-8")
    shown = re.findall(r"```(?:python|toml)\n(.*?)```", page, re.DOTALL)
    files = [file for file in (ROOT / "docs" / "examples" / "orders").rglob("*") if file.suffix in (".py", ".toml")]
    tried = [file.read_text(encoding="utf-8") for file in files]
    assert shown
    assert not [block for block in shown if not any(block in text for text in tried)]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_within_the_documentation_lead_somewhere(page: Path) -> None:
    targets = re.findall(r"\]\((?!https?:)([^)#]+)", page.read_text(encoding="utf-8"))
    missing = [target for target in targets if not (page.parent / target).exists()]
    assert not missing


def tracked() -> frozenset[str]:
    """Every file of the repository, and every folder that holds one."""
    listing = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(listing, cwd=ROOT, capture_output=True, text=True, check=True).stdout.split("\0")
    files = [PurePosixPath(name) for name in names if name and (ROOT / name).exists()]
    return frozenset(str(path) for file in files for path in (file, *file.parents))


TRACKED = tracked()
FOLDERS = {name for name in TRACKED if "/" not in name and (ROOT / name).is_dir()}
ANOTHER_TEAMS = "claims/"
PLACEHOLDER = re.compile(r"[*<>{}…]|\b[A-Z]{3,}\b")


def missing_paths(text: str) -> list[str]:
    """The words in backquotes that look like a path from the root, or a Python file, and that are none of ours.

    A folder is named from the root and a file in full: what is left out cannot be checked when files move.
    """
    spans = re.findall(r"`([^`\n]+)`", re.sub(r"^```.*?^```", "", text, flags=re.DOTALL | re.MULTILINE))
    words = [word.rstrip("/.") for span in spans for word in re.findall(r"(?<![\w/])\.?\w[\w./*<>{}…-]*", span)]
    paths = [word for word in words if word.endswith(".py") or ("/" in word and word.split("/")[0] in FOLDERS)]
    return [p for p in paths if not (p in TRACKED or PLACEHOLDER.search(p) or p.startswith(ANOTHER_TEAMS))]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_a_path_that_the_documentation_names_is_there(page: Path) -> None:
    assert not missing_paths(page.read_text(encoding="utf-8"))


@pytest.mark.parametrize("path", ["harness/checks/", "harness/gone.py", "load/gone.csv", "gone.py", ".ci/gone"])
def test_a_path_that_is_gone_is_found(path: str) -> None:
    assert missing_paths(f"See `{path}`, `python -m x {path}` and `harness/run.py`.") == [path.rstrip("/")] * 2


def test_what_is_no_path_of_ours_is_not_looked_for() -> None:
    text = "`runs/latest` `claims/test_orders.py` `chaos/NAME.py` `harness/*/gone.py` `/load/x` `seal.json`"
    assert not missing_paths(text + " harness/gone.py\n```python\n`harness/gone.py`\n```\n")
