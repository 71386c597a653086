"""What a run's record says of the connections it was tried over, and what is wrong with a claim before it is tried."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from temporalio.client import KeepAliveConfig

from harness.application.contract import Application, load_application
from harness.config import ProjectConfig
from harness.errors import UsageError
from harness.experiment.asked_nemesis import AskedNemesis
from harness.experiment.claim import Claim, Evidence
from harness.experiment.prepare import NoFaults, RunOptions, keep_alive_in_words, prepared


def app(**client_options: object) -> Application:
    return replace(load_application("workflows.app"), client_options=client_options)


def test_the_sdks_default_hides_a_black_hole_for_45_s() -> None:
    assert keep_alive_in_words(app()) == "a connection that swallows everything is found dead within 45 s"


def test_the_application_says_how_soon_it_looks() -> None:
    config = KeepAliveConfig(interval_millis=12_000, timeout_millis=5_000)
    assert keep_alive_in_words(app(keep_alive_config=config)).endswith("within 17 s")
    assert keep_alive_in_words(load_application("workflows.app")).endswith("within 17 s")


def test_without_keep_alive_it_is_never_found() -> None:
    assert keep_alive_in_words(app(keep_alive_config=None)).startswith("off: ")


class Work:
    """A workload that is never begun."""

    def __init__(self, described: object = None) -> None:
        self._described = {} if described is None else described
        self.prepare = self.settle = self.read_back = self.describe

    def canaries(self) -> list[Any]:
        return []

    operations = canaries

    def describe(self) -> Any:
        return self._described


class Faults(NoFaults):
    def describe(self) -> Any:
        return [{"fault": {1}}]


def failing(seed: object) -> Any:
    raise LookupError("no sample")


def idle(seed: object) -> Any:
    return Work()


@pytest.mark.parametrize(
    ("workload", "nemesis", "told"),
    [
        (failing, lambda seed: NoFaults(), r"its workload: .*test_prepare.py:\d+: LookupError: no sample"),
        (
            lambda: Work(),
            lambda seed: NoFaults(),
            r"its workload: .*test_prepare.py:\d+: TypeError: .*positional argument",
        ),
        (
            lambda seed: None,
            lambda seed: NoFaults(),
            "its workload: .*made None, which lacks describe, prepare, canaries",
        ),
        (
            lambda seed: Work({"a": {1}}),
            lambda seed: NoFaults(),
            r"its workload: .*returns \{'a': \{1\}\}, which cannot be",
        ),
        (
            lambda seed: Work({"a": 1, 2: 1}),
            lambda seed: NoFaults(),
            r"its workload: .*, which cannot be written as JSON",
        ),
        (lambda seed: Work(), failing, r"its nemesis: .*test_prepare.py:\d+: LookupError: no sample"),
        (lambda seed: Work(), lambda seed: Work(), "its nemesis: .*, which lacks run, heal"),
        (lambda seed: Work(), lambda seed: Faults(), r"its nemesis: .*returns \[\{'fault': \{1\}\}\], which cannot be"),
    ],
)
def test_what_a_claim_makes_is_tried_before_anything_is_started(
    tmp_path: Path, workload: Callable[..., Any], nemesis: Callable[..., Any], told: str
) -> None:
    claim = Claim("orders", "promise", workload, nemesis, (), Evidence(1))
    config = ProjectConfig(tmp_path, "workflows.app", "claims")
    with (
        pytest.raises(UsageError, match=f"^the claim 'orders': {told}"),
        prepared(config, claim, RunOptions(seed=1, stack="dev")),
    ):
        pass
    assert list(tmp_path.iterdir()) == []


def test_a_nemesis_is_asked_so_that_its_mistakes_are_told(tmp_path: Path) -> None:
    claim = Claim("orders", "promise", idle, lambda seed: NoFaults(), (), Evidence(1))
    config = ProjectConfig(tmp_path, "workflows.app", "claims")
    with prepared(config, claim, RunOptions(seed=1, stack="dev")) as experiment:
        assert isinstance(experiment.nemesis, AskedNemesis)
