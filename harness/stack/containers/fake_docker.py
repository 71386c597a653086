"""A stand-in for Docker's command line: each container is a process of this machine, known by a file with its id.

Run in its place by tests that have no engine: ``fake_docker.py create --name NAME … -- PROGRAM``. What it was asked is
in ``asked`` beside the containers, one line a call. A paused container is a stopped process. While there is a file
``silent`` there, nothing is answered or done but what was begun.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

HOME = Path(__file__).parent
SECONDS = 5.0


def state_of(name: str) -> dict[str, object]:
    """What ``inspect`` says of it."""
    file = HOME / f"{name}.pid"
    if not file.is_file():
        return {"Status": "created", "Running": False, "Pid": 0}
    pid = int(file.read_text())
    try:
        letter = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        letter = "Z"
    if letter == "Z":
        return {"Status": "exited", "Running": False, "Pid": 0}
    return {"Status": "paused" if letter == "T" else "running", "Running": True, "Pid": pid}


def start(name: str) -> int:
    """Run it in the foreground, in a group of its own, and end with its exit code, as an attached client does."""
    command, environment = json.loads((HOME / f"{name}.json").read_text())
    process = subprocess.Popen(command, env=environment, start_new_session=True)
    beside = HOME / f"{name}.new"
    beside.write_text(str(process.pid))
    beside.rename(HOME / f"{name}.pid")
    code = process.wait()
    return 128 - code if code < 0 else code


def send(name: str, number: signal.Signals) -> int:
    """Signal it; it must run."""
    state = state_of(name)
    if not state["Running"]:
        sys.stderr.write(f"Error: container {name} is not running\n")
        return 1
    os.kill(int(str(state["Pid"])), number)
    return 0


def main(arguments: list[str]) -> int:
    """Do what was asked."""
    with (HOME / "asked").open("a") as asked:
        asked.write(json.dumps(arguments) + "\n")
    verb, *rest = arguments
    if (HOME / "silent").exists():
        sys.stderr.write("Cannot connect to the Docker daemon\n")
        return 1
    name = rest[-1]
    if verb == "create":
        place = rest.index("--entrypoint")
        command = [sys.executable, *rest[place + 3 :]]
        names = [rest[at + 1].partition("=")[0] for at, word in enumerate(rest) if word == "--env"]
        environment = {name: os.environ[name] for name in names if name in os.environ}
        (HOME / f"{rest[rest.index('--name') + 1]}.json").write_text(json.dumps([command, environment]))
        return 0
    if verb == "start":
        return start(name)
    if verb == "container":
        sys.stdout.write(json.dumps(state_of(name)))
        return 0
    numbers = {"pause": signal.SIGSTOP, "unpause": signal.SIGCONT}
    number = numbers.get(verb) or signal.Signals[f"SIG{rest[rest.index('--signal') + 1]}"]
    return send(name, number)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
