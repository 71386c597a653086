"""Whose a container is, and whether that process is gone."""

from __future__ import annotations

import os
import subprocess
import sys

import psutil
import pytest

from harness.containers.owner import LABEL, is_abandoned, labels, owner_of, this_owner


def test_what_this_process_has_made_is_not_abandoned() -> None:
    assert not is_abandoned(labels()[LABEL])


def test_what_a_process_made_that_is_gone_is() -> None:
    process = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    owner = owner_of(process.pid)
    assert owner is not None
    assert not is_abandoned(owner)
    assert process.stdin is not None
    process.stdin.close()
    # A zombie first, as nobody has asked how it ended.
    os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
    assert is_abandoned(owner)
    process.wait()
    assert is_abandoned(owner)


def test_another_process_with_the_same_id_is_another() -> None:
    mine, _, _ = this_owner().rpartition("/")
    assert is_abandoned(f"{mine}/1234")


def test_a_process_that_hides_from_us_is_not_gone(monkeypatch: pytest.MonkeyPatch) -> None:
    """With `hidepid` another user's process is not in /proc; only a signal finds it."""
    where, _, _ = this_owner().partition("/")
    pid = max(psutil.pids()) + 100_000
    assert is_abandoned(f"{where}/{pid}/1234")

    def refused(pid: int, number: int) -> None:
        raise PermissionError(pid, number)

    monkeypatch.setattr(os, "kill", refused)
    assert not is_abandoned(f"{where}/{pid}/1234")
    assert is_abandoned(f"{where}/1/1234"), "what is shown is another by its start"


def test_what_was_made_elsewhere_or_by_nobody_stays() -> None:
    where, _, process = this_owner().partition("/")
    assert not is_abandoned(f"{where}x/{process}")
    assert not [owner for owner in ("", where, f"{where}/moon/1") if is_abandoned(owner)]
