"""Without an engine, its daemon, its plug-in or its images, what is missing is named with what brings it."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from harness.errors import EnvironmentMissing
from harness.stack.containers.engine import require_engine
from harness.stack.containers.images import choose_images
from harness.stack.containers.parts import compose_folder
from harness.stack.docker import DockerError, docker

HERE = {"KernelVersion": os.uname().release, "Name": os.uname().nodename, "OperatingSystem": "Debian"}
Engine = Callable[[dict[str, object]], None]


@pytest.fixture
def engine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Engine:
    """Makes a `docker` that answers commands by their beginning; what it does not know fails."""
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}/usr/bin{os.pathsep}/bin")

    def make(answers: dict[str, object]) -> None:
        said = {begin: answer if isinstance(answer, str) else json.dumps(answer) for begin, answer in answers.items()}
        (tmp_path / "docker.py").write_text(
            "import sys\n"
            f"for begin, answer in {said!r}.items():\n"
            "    if ' '.join(sys.argv[1:]).startswith(begin):\n"
            "        print(answer)\n"
            "        sys.exit(0)\n"
            "sys.exit('no answer')\n"
        )
        (tmp_path / "docker").write_text(f'#!/bin/sh\nexec {sys.executable} -S -E {tmp_path}/docker.py "$@"\n')
        (tmp_path / "docker").chmod(0o755)

    return make


def test_without_docker_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    for call in (require_engine, lambda: docker("ps")):
        with pytest.raises(EnvironmentMissing, match=r"docker is not installed; .*apt-get install docker.io"):
            call()


def test_a_daemon_that_does_not_run_is_to_be_started(engine: Engine) -> None:
    engine({})
    with pytest.raises(EnvironmentMissing, match=r"engine does not answer; start it .*no answer"):
        require_engine()
    engine({"info": "no JSON"})
    with pytest.raises(EnvironmentMissing, match="engine does not answer; start it"):
        require_engine()
    engine({"info": {"ServerErrors": ["Cannot connect to the Docker daemon"]}})
    with pytest.raises(EnvironmentMissing, match=r"engine does not answer; start it .*Cannot connect"):
        require_engine()


def test_the_plug_in_is_missed_by_name(engine: Engine) -> None:
    engine({"info": HERE})
    with pytest.raises(EnvironmentMissing, match="no plug-in `compose`; `assay doctor --stack compose --fix`"):
        require_engine()


@pytest.mark.parametrize(
    ("info", "told"),
    [
        ({**HERE, "SecurityOptions": ["name=seccomp", "name=rootless"]}, "engine is rootless"),
        ({**HERE, "SecurityOptions": ["name=seccomp,profile=default", "name=userns"]}, "engine maps users"),
        ({**HERE, "OperatingSystem": "Docker Desktop"}, "Docker Desktop runs containers in a machine of its own"),
        ({**HERE, "Name": "elsewhere"}, r"runs on another machine \(elsewhere\)"),
    ],
)
def test_an_engine_that_shares_no_loopback_with_us_is_refused(
    engine: Engine, info: dict[str, object], told: str
) -> None:
    engine({"info": info, "compose version": "v2.40.3"})
    with pytest.raises(EnvironmentMissing, match=told):
        require_engine()


def test_an_engine_of_this_machine_will_do(engine: Engine) -> None:
    engine({"info": HERE, "compose version": "v2.40.3"})
    require_engine()


def test_what_takes_too_long_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}/usr/bin{os.pathsep}/bin")
    (tmp_path / "docker").write_text("#!/bin/sh\nexec sleep 60\n")
    (tmp_path / "docker").chmod(0o755)
    with pytest.raises(DockerError, match=r"docker container ls` did not answer within 0\.2 s"):
        docker("container", "ls", timeout_seconds=0.2)


def test_a_docker_that_cannot_be_run_is_told_by_its_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    (tmp_path / "docker").write_text("no program")
    (tmp_path / "docker").chmod(0o755)
    with pytest.raises(EnvironmentMissing, match=f"{tmp_path}/docker cannot be run"):
        docker("ps")


@pytest.mark.parametrize("said", ["Emulate Docker CLI using podman", "null", "[]"])
def test_garbage_is_no_engine(engine: Engine, said: str) -> None:
    engine({"info": said, "compose version": "v2"})
    with pytest.raises(EnvironmentMissing, match="is that Docker's own command line"):
        require_engine()


def test_missing_images_are_named_with_both_ways_to_get_them(engine: Engine, tmp_path: Path) -> None:
    for name in ("compose.yaml", "toxiproxy.yaml", "stand-ins.yaml"):
        (tmp_path / name).touch()
    images = {"temporal": {"image": "temporalio/server:1"}, "toxiproxy": {"image": "toxiproxy:1"}, "x": {"image": "x"}}
    engine({"compose": {"services": images}, "image ls": "toxiproxy:1 abc"})
    with pytest.raises(EnvironmentMissing, match=r"images are missing: temporalio/server:1, app:1 .*`make images`"):
        choose_images(tmp_path, "app:1")
    engine({"compose": {"services": images}, "image ls": "toxiproxy:1 a1\ntemporalio/server:1 b2\napp:1 c3\nx c4"})
    chosen = choose_images(tmp_path, "app:1")
    assert [file.name for file in chosen.files] == ["compose.yaml", "toxiproxy.yaml"], "official ones come first"
    assert chosen.toxiproxy == "toxiproxy:1"
    assert list(chosen.stand_ins) == ["app:1"]
    assert chosen.ids == {"temporalio/server:1": "b2", "toxiproxy:1": "a1", "app:1": "c3"}


def test_files_that_are_not_there_are_not_asked_for(engine: Engine, tmp_path: Path) -> None:
    for name in ("compose.yaml", "toxiproxy.yaml"):
        (tmp_path / name).touch()
    engine({"compose": {"services": {"temporal": {"image": "temporalio/server:1"}}}, "image ls": "app:1 c3"})
    with pytest.raises(EnvironmentMissing, match=r"images are missing: temporalio/server:1; `make images`"):
        choose_images(tmp_path, "app:1")


def test_a_project_may_have_compose_files_of_its_own(tmp_path: Path) -> None:
    (tmp_path / "compose").mkdir()
    (tmp_path / "compose" / "compose.yaml").touch()
    assert compose_folder(tmp_path) == tmp_path / "compose"
