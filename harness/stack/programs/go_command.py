"""Runs ``go`` in a module, line by line, and explains what went wrong when it fails.

Its environment is the user's own (proxy, caches), less what would change what is built.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import re
import signal
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from harness.errors import EnvironmentMissing
from harness.stack.processes.process import last_lines

TIMEOUT_SECONDS = 2700.0
LINE_BYTES = 1 << 20
NO_PROXY_ANSWERS = re.compile(
    r"dial tcp|no such host|connection refused|i/o timeout|TLS handshake|proxyconnect|module lookup disabled|"
    r"\b(403|404|407|410|502|503|504) [A-Z]"
)
# These pick another target, another module or other code; everything else of the user's Go settings stays.
CHANGES_THE_BUILD = ("GOOS", "GOARCH", "GOFLAGS", "GOWORK", "GOEXPERIMENT")


@dataclass(frozen=True)
class GoCommand:
    """A toolchain at work in one module.

    ``scratch`` is where Go keeps its temporary files; ``log`` gets all that it says; ``purpose`` is what is built, as
    it should stand in an error.
    """

    go: Path
    module: Path
    scratch: Path
    log: Path
    purpose: str

    async def run(self, arguments: Sequence[str], said: Callable[[str], None]) -> list[str]:
        """Run ``go`` with the arguments, call ``said`` for each line of its error stream, return the lines it printed.

        Ended early, by a time-out or by the caller's cancellation, it is killed with all its compilers.

        :raises EnvironmentMissing: it failed or took longer than 45 minutes; the message says why, as far as Go does.
        """
        process = await asyncio.create_subprocess_exec(
            str(self.go),
            *arguments,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            env=self._environment(),
            cwd=self.module,
            start_new_session=True,
            limit=LINE_BYTES,
        )
        assert process.stdout is not None
        assert process.stderr is not None
        try:
            async with asyncio.timeout(TIMEOUT_SECONDS):
                printed, _ = await asyncio.gather(_lines(process.stdout), self._listen(process.stderr, said))
                code = await process.wait()
        except TimeoutError as error:
            raise EnvironmentMissing(
                f"{self.purpose} was not built within {TIMEOUT_SECONDS:g} s (log: {self.log})"
            ) from error
        finally:
            if process.returncode is None:
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGKILL)
                await process.wait()
        if code != 0:
            raise EnvironmentMissing(self._why(code))
        return printed

    async def _listen(self, stream: asyncio.StreamReader, said: Callable[[str], None]) -> None:
        with self.log.open("a", encoding="utf-8") as log:
            async for raw in stream:
                line = raw.decode(errors="replace").rstrip()
                log.write(line + "\n")
                said(line)

    def _environment(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if name not in CHANGES_THE_BUILD}
        return {
            **kept,
            "CGO_ENABLED": "0",
            "GOFLAGS": "-mod=readonly -buildvcs=false",
            "GOWORK": "off",
            "GOTMPDIR": str(self.scratch),
        }

    def _why(self, code: int) -> str:
        end = last_lines(self.log)
        if code < 0:
            reason = f"Go was ended by {signal.Signals(-code).name}, which is mostly for want of memory"
        elif "no space left on device" in end:
            reason = "the disk is full; make room, or put Go's caches elsewhere (GOCACHE, GOMODCACHE, ASSAY_CACHE)"
        elif NO_PROXY_ANSWERS.search(end):
            proxy = os.environ.get("GOPROXY", "as `go env GOPROXY` says")
            reason = f"no module proxy answers; set GOPROXY to one that this machine reaches (now: {proxy})"
        else:
            reason = "it does not build"
        return f"cannot build {self.purpose}: {reason}\n{end}\n(log: {self.log})"


async def _lines(stream: asyncio.StreamReader) -> list[str]:
    return [raw.decode(errors="replace").rstrip() async for raw in stream]
