"""Which stand-ins are built, in which order, and when one is left as it is; with a Docker that is a script."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.progress import NoProgress
from harness.stack.images import stand_ins
from harness.stack.images.context import Context
from harness.stack.images.stand_ins import STAND_INS, StandIn, build_stand_ins
from harness.stack.images.table import IMAGES
from harness.stack.images.testing_docker import fake_docker


@pytest.fixture(autouse=True)
def two(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two stand-ins in the place of all, the second on the first."""
    dockerfile = tmp_path / "Dockerfile"
    dockerfile.write_text("FROM scratch\n")
    context = Context(dockerfile)
    few = {
        "debian": StandIn(IMAGES["debian"], None, lambda: context),
        "server": StandIn(IMAGES["server"], "debian", lambda: context),
    }
    monkeypatch.setattr(stand_ins, "STAND_INS", few)


def present(folder: Path, content: str) -> dict[str, str]:
    """Answers of a Docker that has every image, made of this."""
    return {"'image ls'*": "echo sha256:1", "'image inspect'*": f"echo assay.content={content}"}


def test_each_comes_after_what_it_rests_on() -> None:
    names = list(STAND_INS)
    assert set(names) == set(IMAGES)
    assert all(names.index(each.base) < names.index(name) for name, each in STAND_INS.items() if each.base)


def test_what_is_missing_is_built_and_labelled(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    calls = fake_docker(tmp_path, monkeypatch, {"'image ls'*": "true", "'build '*": "cat >/dev/null"})
    assert build_stand_ins(NoProgress()) == {"debian": True, "server": True}
    builds = [line for line in calls.read_text().splitlines() if line.startswith("build ")]
    assert [line.split("--tag ")[1].split()[0] for line in builds] == [
        "assay.local/debian:12",
        "assay.local/server:1.32.0",
    ]
    assert all("--label assay.stand-in=true" in line for line in builds)
    assert all("--label org.opencontainers.image.version=" in line for line in builds)


def test_what_did_not_change_is_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    content = Context(tmp_path / "Dockerfile").fingerprint()
    calls = fake_docker(tmp_path, monkeypatch, present(tmp_path, content))
    assert build_stand_ins(NoProgress(), only=("debian",)) == {"debian": False}
    assert "build " not in calls.read_text()


def test_what_changed_is_built_again_and_the_old_one_removed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    answers = present(tmp_path, "other") | {"'build '*": "cat >/dev/null", "'image rm'*": "true"}
    calls = fake_docker(tmp_path, monkeypatch, answers)
    # Asked for alone, it brings what it rests on.
    assert build_stand_ins(NoProgress(), only=("server",)) == {"debian": True, "server": True}
    assert calls.read_text().count("image rm sha256:1") == 2


def test_an_old_one_that_is_in_use_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    answers = present(tmp_path, "other") | {"'build '*": "cat >/dev/null", "'image rm'*": "exit 1"}
    fake_docker(tmp_path, monkeypatch, answers)
    assert build_stand_ins(NoProgress(), only=("debian",)) == {"debian": True}
