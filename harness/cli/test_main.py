"""What is neither a verdict nor a defect: a pipe that nobody reads, a disk that takes no more."""

from __future__ import annotations

import errno
import io
import os
import subprocess
import sys
from pathlib import Path
from typing import NoReturn

import click
import pytest

from harness.cli import main
from harness.cli.main import exit_code


def raising(error: BaseException) -> click.Command:
    def command() -> NoReturn:
        raise error

    return click.Command("check", callback=command)


@pytest.mark.parametrize(
    "error",
    [
        OSError(errno.ENOSPC, "No space left on device", "runs/x/journal/harness.jsonl"),
        BaseExceptionGroup("tasks", [PermissionError(errno.EACCES, "Permission denied", "runs")]),
    ],
    ids=["full", "forbidden"],
)
def test_a_disk_that_takes_no_more_is_the_machines_and_named(
    error: BaseException, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(main.Commands, "get_command", lambda *_: raising(error))
    assert exit_code(["check"]) == 3
    told = capsys.readouterr().err
    assert told.startswith("assay: runs")
    assert "Traceback" not in told


def test_a_broken_connection_is_no_closed_pipe(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(main.Commands, "get_command", lambda *_: raising(ConnectionResetError("the world")))
    assert exit_code(["check"]) == 5


def test_a_pipe_that_nobody_reads_is_no_verdict(monkeypatch: pytest.MonkeyPatch) -> None:
    reads, writes = os.pipe()
    os.close(reads)
    with io.TextIOWrapper(io.FileIO(writes, "w"), write_through=True) as closed:
        monkeypatch.setattr(sys, "stdout", closed)
        monkeypatch.setattr(main.Commands, "get_command", lambda *_: click.Command("check", callback=_say))
        assert exit_code(["check"]) == 141


def _say() -> None:
    sys.stdout.write("VALID\n")


@pytest.mark.parametrize(("reader", "code"), [("true", "141"), ("cat", "0")])
def test_a_command_ends_as_a_shell_expects(reader: str, code: str) -> None:
    # The reader is gone before the first line is written: what ends it is the writing, never the reading.
    line = f"{{ sleep 0.2; {sys.executable} -m harness.cli run --list; echo $? >&2; }} | {reader} > /dev/null"
    done = subprocess.run(["/bin/sh", "-c", line], capture_output=True, text=True)
    assert done.stderr.strip() == code


def test_what_is_no_text_ends_nothing() -> None:
    script = "from harness.cli import main; main._take_any_text(); print('caf\\udce9 \u2192')"
    environment = {**os.environ, "PYTHONIOENCODING": "ascii:strict"}
    ended = subprocess.run([sys.executable, "-c", script], env=environment, capture_output=True, text=True)
    assert (ended.stdout, ended.returncode) == ("caf\\udce9 \\u2192\n", 0), ended.stderr


def test_what_goes_wrong_before_a_command_is_no_broken_promise_either(capsys: pytest.CaptureFixture[str]) -> None:
    def before() -> NoReturn:
        raise TypeError("of ours")

    assert exit_code(["check"], before=before) == 5
    assert "a defect in Assay itself" in capsys.readouterr().err


def test_a_folder_that_is_gone_is_said(tmp_path: Path) -> None:
    script = f"mkdir gone && cd gone && rmdir ../gone && exec {sys.executable} -P -m harness.cli run --list"
    environment = {**os.environ, "PYTHONPATH": str(Path(main.__file__).parents[2])}
    ended = subprocess.run(["sh", "-c", script], cwd=tmp_path, env=environment, capture_output=True, text=True)
    assert (ended.returncode, ended.stdout) == (2, "")
    assert ended.stderr.startswith("assay: the folder that this command is called in is gone")


def test_what_ends_the_process_with_a_word_is_told(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(main.Commands, "get_command", lambda *_: raising(SystemExit("no licence")))
    assert exit_code(["check"]) == 5
    assert capsys.readouterr().err == "assay: no licence\n"
