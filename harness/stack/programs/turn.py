"""One at a time across processes: whoever comes second waits, with a bound and with a word about whom it waits for.

The lock is the kernel's (``flock``), so it ends with the process that holds it, however that process ends.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
from collections.abc import AsyncIterator, Callable
from pathlib import Path

from harness.poll import eventually


@contextlib.asynccontextmanager
async def one_at_a_time(file: Path, *, timeout_seconds: float, waiting: Callable[[str], None]) -> AsyncIterator[None]:
    """Hold the lock on ``file`` for the length of the block.

    :param waiting: called again and again, with words for a person, while another process holds it.
    :raises WaitTimeout: the lock was not free within ``timeout_seconds``; the message names its holder.
    """
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("a+", encoding="utf-8") as lock:

        def taken() -> bool:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                holder = file.read_text(encoding="utf-8") or "another process"
                waiting(f"waiting for {holder}")
                raise BlockingIOError(f"{holder} holds it") from error
            return True

        await eventually(
            taken,
            what=f"the lock {file}",
            timeout_seconds=timeout_seconds,
            interval_seconds=0.2,
            ignore=(BlockingIOError,),
        )
        lock.truncate(0)
        lock.write(f"process {os.getpid()}")
        lock.flush()
        yield
