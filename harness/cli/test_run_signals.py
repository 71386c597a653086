"""What ends a command early, and that a second SIGTERM does not cut short what the first one has taken down."""

from __future__ import annotations

import asyncio
import signal
import subprocess
import sys
from types import SimpleNamespace
from typing import Any

import pytest

from harness.cli import run as command
from harness.progress import NoProgress

RUN = """
import asyncio, sys
from types import SimpleNamespace
from harness.cli import main, run
from harness.progress import NoProgress
import click

async def nothing(*_): ...

async def experiment(*_):
    print("up", flush=True)
    try:
        await asyncio.sleep(60)
    finally:
        print("taking down", flush=True)
        await asyncio.to_thread(sys.stdin.readline)
        print("down", flush=True)

run.provide, run.run_experiment = nothing, experiment
def callback():
    asyncio.run(run._run(SimpleNamespace(blueprint=SimpleNamespace(stack="dev")), NoProgress()))
"""
ANOTHER = """
import sys, time
from harness.cli import main
import click

def callback():
    try:
        print("up", flush=True)
        time.sleep(60)
    finally:
        print("taking down", flush=True)
        sys.stdin.readline()
        print("down", flush=True)
"""
START = """
import signal
signal.signal(signal.SIGINT, signal.default_int_handler)  # A shell has its background ignore it, and that is inherited.
main.Commands.get_command = lambda *_: click.Command("check", callback=callback)
main.main(["check"])
"""


@pytest.mark.parametrize("script", [RUN, ANOTHER], ids=["run", "another command"])
def test_a_second_sigterm_does_not_cut_short_the_taking_down(script: str) -> None:
    _interrupted(script, signal.SIGTERM)


def test_neither_does_one_after_a_ctrl_c() -> None:
    _interrupted(RUN, signal.SIGINT)


def _interrupted(script: str, first: signal.Signals) -> None:
    command = [sys.executable, "-c", script + START]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stdout.readline() == "up\n"
        process.send_signal(first)
        assert process.stdout.readline() == "taking down\n"
        for _ in range(2):
            process.send_signal(signal.SIGTERM)
        process.stdin.write("now\n")
        process.stdin.flush()
        assert process.stdout.read() == "down\n"
        assert process.wait() == 130


def test_after_a_claim_sigterm_is_still_an_interruption(monkeypatch: pytest.MonkeyPatch) -> None:
    async def nothing(*_: object) -> None:
        pass

    module: Any = command
    monkeypatch.setattr(module, "provide", nothing)
    monkeypatch.setattr(module, "run_experiment", nothing)
    experiment: Any = SimpleNamespace(blueprint=SimpleNamespace(stack="dev"))
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        asyncio.run(module._run(experiment, NoProgress()))
        assert signal.getsignal(signal.SIGTERM) is signal.default_int_handler
    finally:
        signal.signal(signal.SIGTERM, before)
