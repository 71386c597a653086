"""What `assay doctor --stack compose` says and ends with, with a Docker that is a script."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.cli.main import exit_code
from harness.stack.images.diagnosis import NEEDED
from harness.stack.images.testing_docker import DAEMON, PLUG_IN, STAND_INS, fake_docker


def test_a_complete_machine_ends_with_0(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    fake_docker(tmp_path, monkeypatch, DAEMON | PLUG_IN | STAND_INS)
    assert exit_code(["doctor", "--stack", "compose"]) == 0
    said = capsys.readouterr().out
    assert said.count("(a stand-in)") == len(NEEDED) - 1
    assert "The compose stack is complete." in said


def test_no_docker_ends_with_3_and_the_command(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("ASSAY_DOCKER_BIN", "/nowhere/docker")
    assert exit_code(["doctor", "--stack", "compose"]) == 3
    assert capsys.readouterr().out.splitlines()[-1].strip() == "apt-get install docker.io"
    assert exit_code(["doctor", "--stack", "compose", "--fix"]) == 3
    assert "ASSAY_DOCKER_BIN=/nowhere/docker" in capsys.readouterr().err
