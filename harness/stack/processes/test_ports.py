"""Free ports: nobody gets a port that somebody else was given, also not from another process."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path

from harness.stack.processes import ports
from harness.stack.processes.ports import BLOCK_PORTS, RANGE, free_ports

ROOT = Path(__file__).parents[3]
# Draws ports, says which, and holds them until its input ends.
DRAW = f"""
import sys
from harness.stack.processes.ports import free_ports
print(*free_ports({BLOCK_PORTS + 10}), flush=True)
sys.stdin.read()
"""


def test_no_port_is_given_out_twice() -> None:
    drawn = free_ports(3) + free_ports(2 * BLOCK_PORTS) + free_ports(1)
    assert len(set(drawn)) == 2 * BLOCK_PORTS + 4
    assert set(drawn) <= set(RANGE)


def test_a_port_that_somebody_listens_on_is_not_given_out() -> None:
    free_ports(1)
    while not ports._held.left:  # that was the last of its block
        free_ports(1)
    with socket.create_server(("127.0.0.1", ports._held.left[-1])) as server:
        assert server.getsockname()[1] not in free_ports(5)


def test_processes_side_by_side_draw_from_different_blocks() -> None:
    command = [sys.executable, "-c", DRAW]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    processes = [
        subprocess.Popen(command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        for _ in range(4)
    ]
    drawn: list[int] = free_ports(BLOCK_PORTS)
    try:
        for process in processes:
            assert process.stdout is not None
            drawn += map(int, process.stdout.readline().split())
    finally:
        for process in processes:
            process.communicate()
    assert len(drawn) == 5 * BLOCK_PORTS + 40
    assert len(set(drawn)) == len(drawn)


def test_a_forked_child_has_ports_of_its_own() -> None:
    mine = set(free_ports(1))
    block = {lock.getsockname()[1] for lock in ports._held.locks}
    code = (
        "import os, sys; from harness.stack.processes.ports import free_ports; first = free_ports(1)\n"
        "pid = os.fork()\n"
        "os.write(1, (' '.join(map(str, free_ports(3))) + '\\n').encode())\n"  # one write: they do not mix
        "if pid: os.waitpid(pid, 0)\n"
        "os._exit(0)\n"
    )
    run = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    drawn = [int(word) for word in run.stdout.split()]
    assert len(drawn) == 6
    assert len(set(drawn) | mine) == 7
    assert not block & set(drawn)
