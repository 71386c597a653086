"""However many there are and whoever reads them, each PDF is read as one alone is, in its place."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
from concurrent.futures.process import BrokenProcessPool

import psutil
import pytest

from scenarios.invoices.checks.content.many import AT_ONCE, read_each
from scenarios.invoices.checks.content.pdf import Unreadable
from scenarios.invoices.checks.content.testing_pdf import pdf_of

WAIT_SECONDS = 60.0


def told(contents: list[bytes], many: int) -> list[str]:
    read = [each.pages for each in read_each(contents, len(contents), many=many, processes=2)]
    return [str(each) if isinstance(each, Unreadable) else each[0][0] for each in read]


def test_processes_read_what_this_one_reads_in_its_order() -> None:
    contents = [b"no PDF" if number % 7 == 3 else pdf_of([f"Page {number}"]) for number in range(3 * AT_ONCE + 1)]
    alone = told(contents, many=len(contents) + 1)
    assert told(contents, many=len(contents)) == alone
    assert alone[:3] == ["Page 0", "Page 1", "Page 2"]
    assert alone[3].startswith("cannot be read as a PDF")


def test_a_reader_that_dies_is_no_reading() -> None:
    reading = read_each([pdf_of(["1"])] * (40 * AT_ONCE), 40 * AT_ONCE, many=1, processes=2)
    next(reading)
    for child in psutil.Process().children():
        if "spawn_main" in " ".join(child.cmdline()):
            child.kill()
    with pytest.raises(BrokenProcessPool):
        list(reading)


def test_readers_end_with_whoever_started_them() -> None:
    script = textwrap.dedent(
        """
        import psutil
        from scenarios.invoices.checks.content.many import read_each
        from scenarios.invoices.checks.content.testing_pdf import pdf_of
        if __name__ == "__main__":
            reading = read_each([pdf_of(["1"])] * 2000, 2000, many=1, processes=2)
            next(reading)
            print(*(child.pid for child in psutil.Process().children()), flush=True)
            input()
        """
    )
    command = [sys.executable, "-c", script]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        readers = [psutil.Process(int(pid)) for pid in parent.stdout.readline().split()]
        os.kill(parent.pid, signal.SIGKILL)
    assert len(readers) >= 2
    _, alive = psutil.wait_procs(readers, timeout=WAIT_SECONDS)
    assert not alive
