"""What there is of the stack `compose`, and what brings the plug-in, with a Docker that is a script."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.errors import EnvironmentMissing
from harness.progress import NoProgress
from harness.stack.images.diagnosis import diagnose_containers
from harness.stack.images.plug_in import compose_version, new_enough, provide_plug_in
from harness.stack.images.table import IMAGES
from harness.stack.images.testing_docker import DAEMON, PLUG_IN, STAND_INS, fake_docker
from harness.stack.programs.binaries import cached
from harness.stack.programs.diagnosis import State
from harness.stack.programs.recipes import program_called
from harness.stack.programs.testing_programs import only_here, prints_version


def found(subject: str) -> tuple[State, str]:
    findings = {finding.subject: finding for finding in diagnose_containers().programs}
    return findings[subject].state, findings[subject].mend


def test_no_daemon_is_told_once_and_no_image_is_asked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    calls = fake_docker(tmp_path, monkeypatch, PLUG_IN)
    state, mend = found("docker daemon")
    assert state is State.MISSING
    assert "dockerd" in mend
    assert "image" not in calls.read_text()


@pytest.mark.parametrize("answer", ["exit 1", "echo v2.20.0"])
def test_a_plug_in_that_is_missing_or_old_can_be_built(
    answer: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake_docker(tmp_path, monkeypatch, DAEMON | {"'compose version --short'": answer} | STAND_INS)
    assert found("docker-compose") == (State.MISSING, "assay doctor --stack compose --fix")


def test_a_missing_image_is_named_with_both_ways_to_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fake_docker(tmp_path, monkeypatch, DAEMON | PLUG_IN | {"'image ls'*": "true"})
    assert found("image server") == (
        State.MISSING,
        f"docker pull {IMAGES['server'].reference}, or make images",
    )
    assert found("image app") == (State.MISSING, "make images")


@pytest.mark.parametrize(("version", "enough"), [("2.24.4", True), ("2.24.3", False), ("2.40.3", True), ("5.0", True)])
def test_which_plug_in_is_new_enough(version: str, enough: bool) -> None:
    assert new_enough(version) == enough


async def test_fix_puts_the_plug_in_where_docker_looks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    only_here(monkeypatch, tmp_path)
    monkeypatch.setenv("DOCKER_CONFIG", str(tmp_path / "config"))
    plug_in = tmp_path / "config" / "cli-plugins" / "docker-compose"
    fake_docker(tmp_path, monkeypatch, {"'compose version --short'": f"[ -x {plug_in} ] && echo 2.40.3"})
    with pytest.raises(EnvironmentMissing, match="has no plug-in `compose`; `assay doctor --stack compose --fix`"):
        compose_version()
    prints_version(cached(program_called("docker-compose")), "2.40.3")
    assert await provide_plug_in(NoProgress()) == "2.40.3"
    assert [file.name for file in plug_in.parent.iterdir()] == ["docker-compose"]
