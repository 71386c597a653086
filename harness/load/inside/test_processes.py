"""Processes are found and named while others end."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator

import psutil
import pytest

from harness.load.inside.processes import named


@pytest.fixture
def living() -> Iterator[psutil.Process]:
    with subprocess.Popen(["cat"], stdin=subprocess.PIPE) as process:
        yield psutil.Process(process.pid)


def test_a_process_that_has_ended_since_it_was_found_is_left_out_and_the_others_are_named(
    living: psutil.Process,
) -> None:
    with subprocess.Popen(["cat"], stdin=subprocess.PIPE) as process:
        ended = psutil.Process(process.pid)
    assert list(named([ended, living])) == [("cat", living)]
