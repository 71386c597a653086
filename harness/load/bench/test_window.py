"""A window goes through a file and an environment and comes out as it was."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.load.bench.window import Mark, Window, WindowRequest, together


def test_a_window_is_what_lies_between_two_marks(tmp_path: Path) -> None:
    window = Mark(10.0, 5, 1.0).until(Mark(14.0, 25, 3.0), hub_delay_p99_seconds=0.02)
    assert window == Window(4.0, 20, 2.0, 0.02)
    assert (window.per_second, window.cpu_per_workflow_seconds) == (5.0, 0.1)
    window.write(tmp_path / "window.json")
    assert Window.read(tmp_path / "window.json") == window


def test_stretches_together_weigh_by_their_length() -> None:
    both = together([Window(10.0, 400, 2.0, 0.02), Window(5.0, 50, 1.0)])
    assert both == Window(15.0, 450, 3.0)
    assert both.per_second == 30.0
    assert both.cpu_per_workflow_seconds == pytest.approx(3.0 / 450)


@pytest.mark.parametrize("probed", [False, True])
def test_a_request_goes_through_the_environment(tmp_path: Path, probed: bool) -> None:
    request = WindowRequest(1.5, 20.0, tmp_path / "window.json", probed)
    assert WindowRequest.from_environment(request.variables()) == request


def test_a_client_that_wrote_nothing_is_not_read_as_one_that_did_nothing(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="No such file"):
        Window.read(tmp_path / "window.json")
