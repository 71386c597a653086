"""What the harness finds by name, and the command line of the process."""

from __future__ import annotations

import contextlib
import socket
from pathlib import Path

import pytest

from harness.experiment.world import World
from scenarios.world import world
from scenarios.world.__main__ import _bind, main

PORTS = {"smtp": 1, "accounting": 2, "payments": 3, "control": 4}


def test_it_has_the_shape_that_the_harness_needs() -> None:
    shape: World = world
    assert tuple(shape.services) == ("smtp", "accounting", "payments", "control")
    assert shape.ready_url(PORTS) == "http://127.0.0.1:4/healthz"


def test_its_command_names_every_port_and_the_application() -> None:
    command = world.command(PORTS, Path("j.jsonl"), Path("a"), 7, {"TRAF3LI_API_ADDRESS": "127.0.0.1:5"})
    assert command[1:] == (
        *("-m", "scenarios.world", "--journal", "j.jsonl", "--seed", "7", "--attachments", "a"),
        *("--smtp-port", "1", "--accounting-port", "2", "--payments-port", "3", "--control-port", "4"),
        *("--webhook-url", "http://127.0.0.1:5/webhooks/payments"),
    )


def test_both_sides_get_the_same_secret_and_each_run_another(tmp_path: Path) -> None:
    first, second = world.environment(PORTS, tmp_path), world.environment(PORTS, tmp_path)
    assert first["TRAF3LI_WEBHOOK_SECRET"] == first["WORLD_WEBHOOK_SECRET"] != second["WORLD_WEBHOOK_SECRET"]
    assert first["TRAF3LI_BOOKS_URL"] == f"sqlite:///{tmp_path}/books.db"
    assert "TRAF3LI_API_ADDRESS" not in first


def arguments(tmp_path: Path, **ports: str) -> list[str]:
    words = [word for name, port in (PORTS | ports).items() for word in (f"--{name}-port", str(port))]
    files = ["--journal", str(tmp_path / "j.jsonl"), "--attachments", str(tmp_path / "attachments")]
    return [*files, "--webhook-url", "http://127.0.0.1:5", *words]


def test_it_does_not_start_without_a_secret(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(arguments(tmp_path), {}) == 2
    assert "WORLD_WEBHOOK_SECRET" in capsys.readouterr().err


def test_port_zero_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(arguments(tmp_path, smtp="0"), {"WORLD_WEBHOOK_SECRET": "s"})
    assert "'0' is not a port" in capsys.readouterr().err


def test_no_answer_waits_for_the_delayed_acknowledgement_of_the_one_before() -> None:
    with contextlib.closing(_bind("control", "127.0.0.1", 0)) as listener:
        assert listener.proto == socket.IPPROTO_TCP
