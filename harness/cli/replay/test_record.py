"""`assay replay record` where no server answers: it ends by itself, and with the code that it says."""

from __future__ import annotations

import socket
import subprocess
import sys
from pathlib import Path

import pytest

from harness.cli.replay.test_check import project

IMPATIENT = """
import importlib, sys
from harness.cli.main import main
importlib.import_module("harness.cli.replay.record").CONNECT_SECONDS = 2.0
sys.argv = ["assay", "replay", "record", "--address", {address!r}]
main()
"""


@pytest.mark.parametrize("listens", [True, False], ids=["silent", "refusing"])
def test_a_server_that_cannot_be_reached_is_an_environment_that_lacks_it(
    listens: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project(tmp_path, monkeypatch)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        if listens:
            taken.listen()
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        # In a process of its own: what was wrong was how it ended.
        done = subprocess.run(
            [sys.executable, "-c", IMPATIENT.format(address=address)], capture_output=True, text=True, timeout=100
        )

    assert done.returncode == 3, done.stderr
    told = "no answer within 2 s" if listens else "refused"
    assert f"cannot reach {address}: " in done.stderr
    assert told in done.stderr
    assert "Fatal Python error" not in done.stderr
