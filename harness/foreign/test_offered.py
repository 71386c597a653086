"""What a module offers has all its parts, or the project's table is told to name another."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from harness.application.generator import load_generator
from harness.application.offered import load_commands
from harness.config import ProjectConfig
from harness.errors import UsageError
from harness.experiment.world import load_world
from harness.simulate.binding import load_simulated

LOADERS: dict[str, Callable[[str], Any]] = {
    "world": load_world,
    "generator": lambda module: load_generator(ProjectConfig(Path(), "app", "claims", generator=module)),
    "commands": lambda module: load_commands(module, "load"),
    "simulated": load_simulated,
}


@pytest.mark.parametrize("word", LOADERS)
@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "module 'offers_it' has no attribute '{word}'; offer one in it, or name another module$"),
        ("{word} = None\n", "`{word}`.*None"),
        ("def __getattr__(name): raise LookupError(name)\n", "offers_it.py:1: LookupError: {word}$"),
        ("class X:\n def __getattr__(self, name): raise LookupError(name)\n{word} = X()\n", "LookupError|must be"),
    ],
)
def test_what_offers_none_or_half_of_one_is_told_so(
    word: str, text: str, told: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "offers_it", raising=False)
    (tmp_path / "offers_it.py").write_text(text.replace("{word}", word))
    with pytest.raises(UsageError, match=rf"^\[tool.assay\] \w+ = 'offers_it'.*{told.replace('{word}', word)}"):
        LOADERS[word]("offers_it")


@pytest.mark.parametrize("services", ["'control'", "('mail',)", "3"])
def test_a_world_has_a_control_port(services: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "offers_it", raising=False)
    parts = "command = ready_url = control_url = environment = print"
    (tmp_path / "offers_it.py").write_text(f"class world:\n    {parts}\n    services = {services}\n")
    with pytest.raises(UsageError, match="its `services`: "):
        load_world("offers_it")
