"""A Docker that is one shell script: for tests of what is asked of it and of what its answers come to."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.stack.programs.testing_programs import script

FAKE = """#!/bin/sh
echo "$*" >> '{calls}'
case "$*" in
    --version) echo "Docker version 28.2.2" ;;
{answers}
    *) echo "not expected: $*" >&2; exit 1 ;;
esac
"""

# What a Docker answers that has all: to be given to `fake_docker`, together or in part.
DAEMON = {"'version --format'*": "echo 20.10.24"}
PLUG_IN = {"'compose version --short'": "echo v2.40.3"}
STAND_INS = {
    "*'--quiet assay.local/'*": "echo sha256:1",
    "'image ls'*": "true",
    "'image inspect'*": "echo assay.stand-in=true",
}


def fake_docker(folder: Path, monkeypatch: pytest.MonkeyPatch, answers: dict[str, str]) -> Path:
    """Make a script the Docker of this test, and return the file that gets a line for each of its calls.

    :param answers: pattern of the arguments, as ``case`` has it → shell text that answers.
    """
    calls = folder / "docker-calls"
    cases = "\n".join(f"    {pattern}) {answer} ;;" for pattern, answer in answers.items())
    program = script(folder / "docker", FAKE.format(calls=calls, answers=cases))
    monkeypatch.setenv("ASSAY_DOCKER_BIN", str(program))
    return calls
