"""What the compose files come to, with each combination of overlays, as compose itself reads them; without a daemon."""

from __future__ import annotations

from typing import Any

import pytest

from harness.stack.images.table import IMAGES, LOCAL
from harness.stack.images.testing_compose import COMBINATIONS, need_plug_in, project

pytestmark = pytest.mark.docker

ONE_SHOTS = {"temporal-schema", "temporal-namespace", "books"}
ADDS = {
    "toxiproxy.yaml": {"toxiproxy"},
    "roles.yaml": {"temporal-history", "temporal-matching", "temporal-worker"},
    "app.yaml": {"books", "outside", "api", "worker"},
    "stand-ins.yaml": set(),
}
PLAIN = {
    "temporal-postgresql",
    "temporal-schema",
    "temporal",
    "temporal-namespace",
    "temporal-ui",
    "temporal-admin-tools",
}


@pytest.fixture(scope="module", autouse=True)
def plug_in() -> None:
    need_plug_in()


@pytest.fixture(scope="module", params=COMBINATIONS, ids=lambda chosen: "+".join(chosen) or "plain")
def combined(request: pytest.FixtureRequest) -> tuple[tuple[str, ...], dict[str, Any]]:
    return request.param, project(*request.param).config()


Combined = tuple[tuple[str, ...], dict[str, Any]]


def test_every_combination_is_clean_and_starts_what_it_says(combined: Combined) -> None:
    overlays, config = combined
    assert set(config["services"]) == PLAIN.union(*(ADDS[overlay] for overlay in overlays))


def test_what_goes_on_has_a_health_check_and_what_ends_is_waited_for(combined: Combined) -> None:
    services = combined[1]["services"]
    assert not [name for name, each in services.items() if name not in ONE_SHOTS and not each.get("healthcheck")]
    waited_for = {
        name: condition["condition"]
        for each in services.values()
        for name, condition in each.get("depends_on", {}).items()
    }
    assert {waited_for[name] for name in ONE_SHOTS & set(services)} == {"service_completed_successfully"}


def test_images_are_the_official_ones_or_all_stand_ins(combined: Combined) -> None:
    overlays, config = combined
    used = {each["image"] for each in config["services"].values()}
    stand_ins = "stand-ins.yaml" in overlays
    assert used <= {image.stand_in if stand_ins else image.reference for image in IMAGES.values()}
    assert all(image.startswith(f"{LOCAL}/") for image in used) == stand_ins
    assert not stand_ins or {each.get("pull_policy") for each in config["services"].values()} == {"never"}


def test_only_loopback_is_published_and_nothing_keeps_two_projects_apart(combined: Combined) -> None:
    services = combined[1]["services"].values()
    assert {port["host_ip"] for each in services for port in each.get("ports", [])} == {"127.0.0.1"}
    assert not [each for each in services if "container_name" in each]


def test_with_toxiproxy_nobody_goes_around_the_links(combined: Combined) -> None:
    overlays, config = combined
    servers = [each for name, each in config["services"].items() if "DB" in (each.get("environment") or {})]
    seeds = {each["environment"]["POSTGRES_SEEDS"] for each in servers}
    assert seeds == {"toxiproxy" if "toxiproxy.yaml" in overlays else "temporal-postgresql"}
    if {"toxiproxy.yaml", "app.yaml"} <= set(overlays):
        assert config["services"]["worker"]["environment"]["TEMPORAL_ADDRESS"] == "toxiproxy:7233"


def test_with_roles_each_server_is_one_role(combined: Combined) -> None:
    overlays, config = combined
    roles = [(each.get("environment") or {}).get("TEMPORAL_SERVICES") for each in config["services"].values()]
    wanted = {"frontend", "history", "matching", "worker"} if "roles.yaml" in overlays else set()
    assert set(roles) - {None} == wanted


def test_the_application_is_confined(combined: Combined) -> None:
    for name in {"api", "worker", "outside"} & set(combined[1]["services"]):
        service = combined[1]["services"][name]
        assert service["read_only"]
        assert service["cap_drop"] == ["ALL"]
