from __future__ import annotations

from pathlib import Path

import pytest

from harness.stack.programs.recipes import PROGRAMS
from harness.stack.programs.versions import SERVERS, server_versions

ROOT = Path(__file__).parents[3]


def test_the_embedded_server_says_its_version() -> None:
    assert server_versions("dev", ROOT) == {"temporal": PROGRAMS["temporal"].version}


def test_a_program_of_ones_own_says_its_own(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    program = tmp_path / "temporal"
    program.write_text("#!/bin/sh\necho temporal version 9.8.7\n")
    program.chmod(0o755)
    monkeypatch.setenv("ASSAY_TEMPORAL_BIN", str(program))
    assert server_versions("dev", ROOT) == {"temporal": "9.8.7"}


def test_what_is_not_here_has_no_version(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("ASSAY_TEMPORAL_BIN", str(tmp_path / "nowhere"))
    assert server_versions("dev", ROOT) == {}
    assert server_versions("external", ROOT) == {}


@pytest.mark.full
def test_every_server_of_the_full_stack_is_named() -> None:
    assert server_versions("full", ROOT).keys() == set(SERVERS["full"])


def test_without_docker_containers_have_no_versions(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert server_versions("compose", ROOT) == {}
