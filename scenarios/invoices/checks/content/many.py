"""Reads PDFs in the order in which they come: a few in this process, many on all cores.

A reader process that dies is an error of the check, which is then UNKNOWN; it ends with this process, however that
ends.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass
from itertools import islice
from multiprocessing.connection import wait

from scenarios.invoices.checks.content.pdf import Unreadable, read_pages

MANY = 2_000
"""From so many on it pays to start processes, which takes a second or two."""

AT_ONCE = 32
"""PDFs that a process is given at a time."""


@dataclass(frozen=True)
class Read:
    """What was read of one PDF: the lines of its pages, or why it cannot be read."""

    size_bytes: int
    pages: tuple[tuple[str, ...], ...] | Unreadable


def read_each(
    contents: Iterable[bytes], count: int, *, many: int = MANY, processes: int | None = None
) -> Iterator[Read]:
    """Read each PDF.

    :param contents: as many as ``count`` says; no more of them are taken at a time than are being read.
    :param many: from so many on, processes read them.
    :param processes: by default one per core.
    :raises BrokenProcessPool: a process died.
    """
    processes = processes or os.cpu_count() or 1
    if count < many or processes < 2:
        yield from map(_read, contents)
        return
    with ProcessPoolExecutor(processes, multiprocessing.get_context("spawn"), initializer=_begin) as pool:
        under_way: deque[Future[list[Read]]] = deque()
        waiting = iter(contents)
        while part := list(islice(waiting, AT_ONCE)):
            # What lies ready is bounded: a part or two for each process.
            if len(under_way) >= 2 * processes:
                yield from under_way.popleft().result()
            under_way.append(pool.submit(_read_part, part))
        for reading in under_way:
            yield from reading.result()


def _read_part(contents: Sequence[bytes]) -> list[Read]:
    return [_read(content) for content in contents]


def _read(content: bytes) -> Read:
    try:
        return Read(len(content), read_pages(content))
    except Unreadable as unreadable:
        return Read(len(content), unreadable)


def _begin() -> None:
    """In a reader: leave Ctrl-C to the parent, and end with it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_end_with, args=(parent.sentinel,), daemon=True).start()


def _end_with(sentinel: int) -> None:
    wait([sentinel])
    os._exit(1)
