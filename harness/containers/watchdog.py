"""The process that outlives a test session just long enough to remove its containers.

It holds the reading end of a pipe whose writing end only the session has. When the pipe closes, for whatever reason, it
removes what carries the session's label; after a session that did not end by itself once more a little later, for the
daemon may still have been at what it was asked last. Run as ``python -m harness.containers.watchdog OWNER`` with the
pipe as standard input.
"""

from __future__ import annotations

import contextlib
import subprocess
import sys
import time
from collections.abc import Iterator

from harness.containers.owner import remove_of, this_owner

END_SECONDS = 60.0
ONCE_MORE_SECONDS = 2.0
OVER = b"over"


@contextlib.contextmanager
def watchdog() -> Iterator[None]:
    """Watch over this process while the block lasts."""
    process = subprocess.Popen(
        [sys.executable, "-m", "harness.containers.watchdog", this_owner()],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        start_new_session=True,  # no Ctrl-C reaches it
    )
    assert process.stdin is not None
    try:
        yield
    finally:
        # Where it was killed, the next session does its work.
        with contextlib.suppress(BrokenPipeError), process.stdin as pipe:
            pipe.write(OVER)
        process.wait(timeout=END_SECONDS)


def main(arguments: list[str]) -> int:
    """Wait for the pipe to close, then remove."""
    (owner,) = arguments
    told = sys.stdin.buffer.read()
    remove_of(lambda other: other == owner)
    if told != OVER:
        time.sleep(ONCE_MORE_SECONDS)
        remove_of(lambda other: other == owner)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
