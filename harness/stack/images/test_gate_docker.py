"""The gate's `.ci/docker`: a command runs where a daemon answers, and one that hangs is none."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from harness.stack.programs.recipes import CHECKOUT
from harness.stack.programs.testing_programs import script


@pytest.mark.parametrize(
    ("daemon", "code", "told"),
    [
        ("true", 7, ""),
        ("exec sleep 60", 1, "Docker's daemon does not start here"),
        ("exit 1", 1, "Docker's daemon does not start here"),
    ],
    ids=["answers", "hangs", "missing"],
)
def test_what_becomes_of_the_command(tmp_path: Path, daemon: str, code: int, told: str) -> None:
    script(tmp_path / "docker", f"#!/bin/sh\n{daemon}\n")
    script(tmp_path / "dockerd", "#!/bin/sh\necho no, not here >&2\nexit 1\n")
    script(tmp_path / "sudo", '#!/bin/sh\nexec "$@"\n')
    # As the real one, and less patient.
    script(tmp_path / "timeout", f'#!/bin/sh\nshift 3\nexec "{_real("timeout")}" 0.2 "$@"\n')
    ended = subprocess.run(
        [CHECKOUT / ".ci" / "docker", "sh", "-c", "exit 7"],
        env={**os.environ, "PATH": f"{tmp_path}{os.pathsep}{os.environ['PATH']}", "TMPDIR": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=30,
    )
    assert ended.returncode == code
    assert told in ended.stderr
    assert ("no, not here" in ended.stderr) == bool(told)
    assert not list(tmp_path.glob("tmp.*"))


def _real(program: str) -> str:
    return subprocess.check_output(["sh", "-c", f"command -v {program}"], text=True).strip()
