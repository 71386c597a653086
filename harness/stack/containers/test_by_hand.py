"""What `assay status` says of containers, and that nobody without any asks an engine."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from harness.stack.containers.by_hand import lines_of, remove_data
from harness.stack.programs.testing_programs import script

CONTAINERS = [
    {"Names": "b", "Status": "Up 2 minutes", "Image": "assay.local/server:1"},
    {"Names": "a", "Status": "Exited (1)", "Image": "postgres:1"},
]
ENGINE = """#!/bin/sh
case "$*" in
    "container ls --all --filter label=assay.run=stack-7 "*) cat <<'END'
{containers}
END
    ;;
    "image ls --filter label=assay.stand-in "*) echo assay.local/server:1 ;;
    *) exit 1 ;;
esac
"""


def test_each_container_is_told_with_what_stands_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shown = ENGINE.format(containers="\n".join(map(json.dumps, CONTAINERS)))
    monkeypatch.setenv("ASSAY_DOCKER_BIN", str(script(tmp_path / "docker", shown)))
    assert list(lines_of("stack-7")) == [
        "  container a  Exited (1)  postgres:1",
        "  container b  Up 2 minutes  assay.local/server:1 (stand-in)",
    ]


def test_where_no_containers_were_nobody_asks_an_engine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ASSAY_DOCKER_BIN", str(tmp_path / "none"))
    assert remove_data(tmp_path) == 0
