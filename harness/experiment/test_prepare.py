"""What a run's record says of the connections it was tried over."""

from __future__ import annotations

from dataclasses import replace

from temporalio.client import KeepAliveConfig

from harness.application.contract import Application, load_application
from harness.experiment.prepare import keep_alive_in_words


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
