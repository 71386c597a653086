"""Which image is taken, and what is said where there is none: with a daemon that is a table."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import docker.errors
import pytest
from testcontainers.core.config import testcontainers_config

from harness.containers.images import image_called
from harness.containers.missing import ContainersMissing
from harness.containers.session import do_without_reaper
from harness.stack.images.table import IMAGES

SERVER, STAND_IN = IMAGES["server"].reference, IMAGES["server"].stand_in
PREFIX = "registry.example/hub/"


@dataclass
class FakeImages:
    """A daemon with these images, and a registry with those."""

    here: set[str]
    there: set[str] = field(default_factory=set)
    pulled: list[str] = field(default_factory=list)

    def get(self, name: str) -> Any:
        if name not in self.here:
            raise docker.errors.ImageNotFound(name)

    def pull(self, repository: str) -> Any:
        self.pulled.append(repository)
        if repository not in self.there:
            raise docker.errors.APIError("500 Server Error", explanation="no such host")


@pytest.fixture(autouse=True)
def plain_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(testcontainers_config, "hub_image_name_prefix", "")
    monkeypatch.setattr(testcontainers_config, "_ryuk_disabled", False)


@pytest.mark.parametrize(
    ("images", "taken", "pulled"),
    [
        (FakeImages({SERVER, STAND_IN}), SERVER, []),
        (FakeImages({STAND_IN}, {SERVER}), STAND_IN, []),
        (FakeImages(set(), {SERVER}), SERVER, [SERVER]),
    ],
    ids=["official", "stand-in", "pulled"],
)
def test_what_is_here_comes_first(images: FakeImages, taken: str, pulled: list[str]) -> None:
    assert image_called("server", images) == taken
    assert images.pulled == pulled


def test_where_there_is_none_it_says_what_mends_it() -> None:
    with pytest.raises(ContainersMissing) as caught:
        image_called("server", FakeImages(set()))
    assert (
        f"there is no image {SERVER}, and it cannot be pulled (no such host); `docker pull {SERVER}`"
        in f"{caught.value}"
    )
    assert STAND_IN in f"{caught.value}"


def test_a_prefix_is_a_registry_and_no_stand_in_has_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(testcontainers_config, "hub_image_name_prefix", PREFIX)
    images = FakeImages({STAND_IN, PREFIX + STAND_IN}, {PREFIX + SERVER})
    assert image_called("server", images) == SERVER  # testcontainers puts the prefix before it
    assert images.pulled == [PREFIX + SERVER]


@pytest.mark.parametrize(("where", "disabled"), [("here", False), ("there", False), ("nowhere", True)])
def test_the_reaper_is_done_without_where_its_image_is_not_to_be_had(where: str, disabled: bool) -> None:
    ryuk = testcontainers_config.ryuk_image
    do_without_reaper(FakeImages({ryuk} if where == "here" else set(), {ryuk} if where == "there" else set()))
    assert testcontainers_config.ryuk_disabled is disabled


def test_who_wants_no_reaper_is_not_asked_for_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(testcontainers_config, "_ryuk_disabled", True)
    images = FakeImages(set())
    do_without_reaper(images)
    assert not images.pulled
